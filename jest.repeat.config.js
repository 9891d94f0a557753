/** npm run test:repeat: the situations that must come out the same every time, twenty times each. */
const ordinary = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = { ...ordinary, testMatch: ['**/*.repeat.ts'], testTimeout: 600_000, maxConcurrency: 3 };
