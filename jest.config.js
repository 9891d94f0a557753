/** Jest runs TypeScript through swc; the ESM-only packages below are transformed too. */
const esmOnly = [
  '@kubernetes/client-node',
  'openid-client',
  'oauth4webapi',
  'jose',
  'jsonpath-plus',
  'socks-proxy-agent',
  'agent-base',
  'log-update',
  'string-width',
  'commander',
  'slice-ansi',
  'strip-ansi',
  'ansi-regex',
  'ansi-styles',
  'ansi-escapes',
  'cli-cursor',
  'restore-cursor',
  'wrap-ansi',
  'get-east-asian-width',
  'is-fullwidth-code-point',
  'environment',
  'onetime',
  'mimic-function',
  'signal-exit',
];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  globalSetup: '<rootDir>/test/setup/global-setup.ts',
  globalTeardown: '<rootDir>/test/setup/global-teardown.ts',
  transform: {
    '^.+\\.(t|m?j)s$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } }],
  },
  // A dynamic import names the compiled file; here it is the source.
  moduleNameMapper: { '^(\\.{1,2}/.+)\\.js$': '$1' },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  testTimeout: 30_000,
  maxWorkers: 2,
};
