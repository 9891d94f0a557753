/** npm run test:cluster [-- --repeat N] [jest's own arguments]: what must hold on a real control plane. Builds it first where it is not there. */
import { join } from 'node:path';
import { commandOf, dist, runNode } from './lib.mjs';

const [first, times, ...rest] = process.argv.slice(2);
const isRepeated = first === '--repeat';
const args = isRepeated ? rest : process.argv.slice(2);
const repeat = isRepeated ? Number(times) : 3;
if (!Number.isInteger(repeat) || repeat < 1) {
  process.stderr.write(`--repeat is "${times ?? ''}": give a whole number from 1.\n`);
  process.exit(2);
}
const external = process.env.ANALYTICS_DEPLOY_TEST_KUBECONFIG;
const built = external ? { code: 0 } : await runNode([join(dist, 'sandbox', 'control-plane', 'main.js')]);
if (built.code !== 0) process.exit(built.code);
// With a number of its own only the situations that are repeated are run.
const only = isRepeated && rest.length === 0 ? ['situations'] : [];
const { code } = await runNode([commandOf('jest', 'bin/jest.js'), '--config', 'jest.cluster.config.js', ...only, ...args], {
  env: { ...process.env, ANALYTICS_DEPLOY_REPEAT: String(repeat) },
});
process.exit(code);
