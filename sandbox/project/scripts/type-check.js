/** The sources and tests have no error of types. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { require } from './tools.js';

const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
const types = dirname(dirname(require.resolve('@types/node/package.json')));
const { status } = spawnSync(process.execPath, [compiler, '-p', '.', '--pretty', 'false', '--typeRoots', types], { stdio: 'inherit' });
if (status === 0) console.log('types: nothing found');
process.exitCode = status ?? 1;
