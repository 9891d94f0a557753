import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { connectionTo, withoutTemporal } from '../../sandbox/temporal/connection';
import { defaultSpecPath } from '../../spec';
import type { Metric } from '../metric';
import { takePairs } from '../pairs';
import { ratioRow } from '../rows';
import type { Stage } from '../stage';

const command = join(resolve(__dirname, '..', '..', '..'), 'bin', 'analytics-deploy.js');

/** What a person types, and how much slower than a bare Node it may be. */
const typed = [
  { what: '--help', goal: 1.3, args: ['--help'] },
  { what: 'validate', goal: null, args: ['validate', '--spec', defaultSpecPath] },
  { what: 'status of what does not exist', goal: null, args: ['status', 'analytics-production-v0-20261124T020000Z'] },
] as const;

export const commandStart: Metric = {
  id: 'M9',
  title: 'start of a command',
  notes: ['wall clock of the whole process, after warm-ups that fill the compile cache; the baseline is node -e ""'],
  async measure(stage, full) {
    const rows = [];
    for (const { what, goal, args } of typed) {
      const pairs = await takePairs(
        full || goal !== null ? 30 : 10,
        3,
        () => timeOf(stage, ['-e', '']),
        () => timeOf(stage, [command, ...args]),
      );
      rows.push(ratioRow({ what, goal, baselineIs: 'bare node' }, pairs));
    }
    return rows;
  },
};

async function timeOf({ address, folder }: Stage, args: readonly string[]): Promise<number> {
  const env = { ...withoutTemporal(), ...connectionTo(address, folder) };
  const began = performance.now();
  spawnSync(process.execPath, args, { env, stdio: 'ignore' });
  return performance.now() - began;
}
