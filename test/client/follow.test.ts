import { describe, expect, test } from '@jest/globals';
import { ServiceError } from '@temporalio/client';
import { follow } from '../../client/follow';
import type { Situation } from '../../client/situation';
import type { Engine } from '../../client/temporal/engine';
import { fakeEngine, worldOf } from './fake-engine';
import { ramping, reportOf, runOf } from './fixtures';

const name = { workflowId: 'deploy:analytics:production' };
const away = () => {
  const cause = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'connection refused', metadata: {} });
  return new ServiceError('Failed to describe workflow', { cause });
};

async function followed(engine: Engine): Promise<readonly Situation[]> {
  const seen: Situation[] = [];
  for await (const situation of follow(engine, name, { signal: new AbortController().signal, every: 1 })) seen.push(situation);
  return seen;
}

describe('following a deployment', () => {
  test('outlives a restart of the Temporal server, and says meanwhile what it cannot see', async () => {
    const world = worldOf({ runs: [runOf()], view: ramping() });
    const engine = fakeEngine(world);
    let looks = 0;
    const describeRun: Engine['describe'] = async (run) => {
      looks += 1;
      if (looks === 2 || looks === 3) throw away();
      if (looks === 4) Object.assign(world, { runs: [runOf({ status: 'completed' })], report: reportOf() });
      return engine.describe(run);
    };
    const seen = await followed({ ...engine, describe: describeRun });
    expect(seen.map(({ trouble, report }) => [trouble.length, report !== null])).toEqual([
      [0, false],
      [1, false],
      [1, false],
      [0, true],
    ]);
    expect(seen[1]?.trouble[0]).toMatch(/^Lost the connection to Temporal \(connection refused\): trying again\. The deployment is safe/);
    expect(seen[1]?.view).toEqual(seen[0]?.view);
  });

  test('fails at once where the server has not been reached at all', async () => {
    const engine = { ...fakeEngine(worldOf()), describe: () => Promise.reject(away()) };
    await expect(followed(engine)).rejects.toThrow('Failed to describe workflow');
  });
});
