import { require } from './scripts/tools.js';

const tseslint = require('typescript-eslint');

export default [
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: { 'no-var': 'error', eqeqeq: 'error', '@typescript-eslint/no-explicit-any': 'error' },
  },
  { files: ['src/**/*.ts'], rules: { 'no-console': 'error' } },
];
