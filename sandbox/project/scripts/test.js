/** The tests that need nothing but the files; --testPathPattern names those whose path, with the project's name before it, matches. */
import { spawnSync } from 'node:child_process';
import { filesBelow } from './files.js';

const pattern = process.argv.find((word) => word.startsWith('--testPathPattern='))?.split('=')[1] ?? '';
const coverage = process.argv.includes('--coverage');
const files = filesBelow('test')
  .map(({ name }) => name)
  .filter((name) => name.endsWith('.test.ts') && !name.includes('integration') && new RegExp(pattern).test(`analytics/${name}`));
if (files.length === 0) {
  console.error(`No test matches ${pattern}.`);
  process.exit(1);
}
const reporters = ['--test-reporter=./scripts/reporter.js', '--test-reporter-destination=stdout'];
const options = coverage ? ['--experimental-test-coverage', ...reporters] : reporters;
const { status } = spawnSync(process.execPath, ['--test', ...options, ...files], { stdio: 'inherit' });
process.exitCode = status ?? 1;
