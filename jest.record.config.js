/** npm run histories: records deployments on a real server for the replay test. */
const ordinary = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = { ...ordinary, testMatch: ['**/*.record.ts'], maxWorkers: 1 };
