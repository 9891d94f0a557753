/** ESLint finds nothing, by the rules of eslint.config.js. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { require } from './tools.js';

const eslint = join(dirname(require.resolve('eslint/package.json')), 'bin', 'eslint.js');
const { status } = spawnSync(process.execPath, [eslint, '--max-warnings', '0', '--format', './scripts/lines.js', 'src', 'test'], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
