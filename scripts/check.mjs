/** npm run check: everything that can be said about the project without running it. All failures are shown; the exit code is 1 if there is one. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, root, runNode } from './lib.mjs';

const jest = commandOf('jest', 'bin/jest.js');
const documents = 'dist/client/docs/write.js';
const steps = [
  { title: 'types', run: [commandOf('typescript', 'bin/tsc'), '--noEmit', '--incremental', 'false', '-p', '.'] },
  { title: 'lint', run: [commandOf('eslint', 'bin/eslint.js'), '.', '--max-warnings', '0'] },
  { title: 'format', run: [commandOf('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  { title: 'build and bundle', run: ['scripts/build.mjs'] },
  { title: 'architecture: who may import whom, and what is in the bundle', run: [jest, '--config', 'jest.architecture.config.js'] },
  { title: 'spec/schema.json is fresh', run: ['scripts/schema.mjs', '--check'] },
  ...(existsSync(join(root, 'client/docs/write.ts')) ? [{ title: 'generated documents are fresh', run: [documents, '--check'] }] : []),
];

const failed = [];
for (const { title, run } of steps) {
  const started = performance.now();
  const { code, output } = await runNode(run, { capture: true });
  const took = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${title}  (${took})`);
  if (code === 0) continue;
  failed.push(title);
  console.log(`${output.trimEnd().replace(/^/gm, '        ')}\n`);
}
console.log(
  failed.length === 0 ? `All ${steps.length} checks passed.` : `${failed.length} of ${steps.length} checks failed: ${failed.join('; ')}.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
