/** `npm run check` asks for the architecture alone, and that needs no server. */
const { globalSetup: _setup, globalTeardown: _teardown, ...ordinary } = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = { ...ordinary, testMatch: ['<rootDir>/test/architecture/**/*.test.ts'] };
