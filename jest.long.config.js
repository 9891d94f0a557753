/** npm run test:long: whole deployments, rollbacks and follow-ups on a real Temporal server, and backup and migrations on a real PostgreSQL. */
const ordinary = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = { ...ordinary, testMatch: ['**/*.long.ts'] };
