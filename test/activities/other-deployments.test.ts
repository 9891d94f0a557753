import { describe, expect, test } from '@jest/globals';
import { otherDeploymentActivities } from '../../activities/other-deployments';
import { asActivities } from '../../activities/activity';
import type { Deployments, Open } from '../../activities/ports/deployments';
import { fakePorts } from '../fakes/ports';
import { run } from './run';

const told = { deploymentId: 'billing-1', service: 'billing', environment: 'production', version: 'v2', requester: 'cy', phase: 'window' };
const listing = (open: Deployments['open']) => {
  const deployments = { open } satisfies Partial<Deployments> as unknown as Deployments;
  const { listOpenDeployments } = asActivities(otherDeploymentActivities(fakePorts({ deployments })));
  return run(listOpenDeployments, { cluster: 'prod' });
};

describe('other open deployments', () => {
  test('are those on the same cluster, and those that do not say where they are', async () => {
    const of = (workflowId: string, more: Readonly<Record<string, string>>): Open => ({ workflowId, startedAt: 1, told: more });
    const found = [of('a', { ...told, cluster: 'prod' }), of('b', { ...told, cluster: 'elsewhere' }), of('deploy:old:production', {})];
    expect(await listing(async (_, isMeant) => found.filter(({ told: what }) => isMeant(what)))).toEqual({
      open: [
        told,
        {
          deploymentId: 'deploy:old:production',
          service: '?',
          environment: '?',
          version: '?',
          requester: 'somebody',
          phase: 'not begun',
        },
      ],
    });
  });

  test('are the newest twenty where there are more, and that there are more is said', async () => {
    const found = Array.from({ length: 30 }, (_, index): Open => ({ workflowId: String(index), startedAt: index, told }));
    const { open, more } = await listing(async (most) => found.slice(-most));
    expect([open.length, more]).toEqual([20, true]);
    expect((await listing(async (most) => found.slice(0, most - 1))).more).toBeUndefined();
  });

  test('are unknown with a reason where the server does not tell, and nothing fails', async () => {
    const refused = Object.assign(new Error('with a secret'), { code: 'UNAVAILABLE' });
    expect(await listing(() => Promise.reject(refused))).toEqual({ open: [], unknown: 'Temporal did not list them (UNAVAILABLE)' });
  });
});
