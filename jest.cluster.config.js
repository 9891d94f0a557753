/** npm run test:cluster: what must hold on a real control plane. */
const ordinary = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = { ...ordinary, testMatch: ['**/*.cluster.ts'], testTimeout: 300_000, maxWorkers: 1 };
