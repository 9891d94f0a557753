/** npm run test:demo: the demo as a new user runs it with everything that it can break and kill, and whole deployments in the sandbox. */
const ordinary = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = { ...ordinary, testMatch: ['**/*.demo.ts'], testTimeout: 300_000, maxConcurrency: 2 };
