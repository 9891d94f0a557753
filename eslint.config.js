/** Lint that knows which folder it is in. `npm run check` runs it; `npx eslint <folder>` looks at one. */
const { builtinModules } = require('node:module');
const tseslint = require('typescript-eslint');

const nodeModules = builtinModules.flatMap((name) => [name, `node:${name}`]);

/** Inside the workflow sandbox these differ on replay, or do not exist. */
const notInWorkflows = [
  {
    selector: "ThrowStatement > NewExpression[callee.name='Error']",
    message: 'A plain Error blocks the workflow task for ever: throw an ApplicationFailure.',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Take uuid4() of @temporalio/workflow.',
  },
  {
    selector: "TemplateLiteral CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'An id made of the time is another one after a reset: derive it from the deployment id.',
  },
  {
    selector: "TemplateLiteral NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'An id made of the time is another one after a reset: derive it from the deployment id.',
  },
  { selector: 'ImportExpression', message: 'The workflow bundle is one file: import at the top.' },
];
const globalsNotInWorkflows = [
  'console',
  'process',
  'require',
  'Buffer',
  'fetch',
  'setImmediate',
  '__dirname',
  '__filename',
  'WeakRef',
  'FinalizationRegistry',
];
const onlyFrom = (allowed, message) => [
  'error',
  { paths: nodeModules.map((name) => ({ name, message })), patterns: [{ regex: `^(?!${allowed})`, message }] },
];

module.exports = tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', '.demo/', '.sandbox/', 'sandbox/project/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always'],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-floating-promises': ['error', { checkThenables: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Numbers in sentences are what most of our templates hold.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      '@typescript-eslint/only-throw-error': ['error', { allowRethrowing: true, allowThrowingUnknown: true }],
      // Contracts are records of functions that know no `this`, some of them asynchronous in one implementation only.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // `() => void (flag = true)` says that nothing is returned.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // The Kubernetes client's classes are data: plain objects are what it documents.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // A text is spread into its characters where a screen counts them.
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'always' }],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': onlyFrom(
        '\\.\\.?/|@temporalio/workflow$',
        'Workflows import the runbook and @temporalio/workflow, nothing else.',
      ),
      'no-restricted-syntax': ['error', ...notInWorkflows],
      'no-restricted-globals': ['error', ...globalsNotInWorkflows],
    },
  },
  {
    files: ['workflows/runbook/**/*.ts'],
    rules: { 'no-restricted-imports': onlyFrom('\\.\\.?/', 'The runbook is pure: it imports nothing outside itself.') },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Test doubles promise what the real one promises.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.base],
    rules: { eqeqeq: ['error', 'always'], 'no-var': 'error', 'prefer-const': 'error', 'no-unreachable': 'error', 'no-dupe-keys': 'error' },
  },
);
