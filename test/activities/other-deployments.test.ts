import { describe, expect, test } from '@jest/globals';
import { otherDeploymentActivities } from '../../activities/other-deployments';
import { asActivities } from '../../activities/activity';
import type { Deployments, Open } from '../../activities/ports/deployments';
import { fakePorts } from '../fakes/ports';
import { run } from './run';

const told = { deploymentId: 'billing-1', service: 'billing', environment: 'production', version: 'v2', requester: 'cy', phase: 'window' };
const listing = (open: () => Promise<readonly Open[]>) => {
  const deployments = { open } satisfies Partial<Deployments> as unknown as Deployments;
  const { listOpenDeployments } = asActivities(otherDeploymentActivities(fakePorts({ deployments })));
  return run(listOpenDeployments, { cluster: 'prod' });
};

describe('other open deployments', () => {
  test('are those on the same cluster, and those that do not say where they are', async () => {
    const of = (workflowId: string, more: Readonly<Record<string, string>>): Open => ({ workflowId, startedAt: 1, told: more });
    const found = [of('a', { ...told, cluster: 'prod' }), of('b', { ...told, cluster: 'elsewhere' }), of('deploy:old:production', {})];
    expect(await listing(async () => found)).toEqual({
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

  test('are unknown with a reason where the server does not tell, and nothing fails', async () => {
    const refused = Object.assign(new Error('with a secret'), { code: 'UNAVAILABLE' });
    expect(await listing(() => Promise.reject(refused))).toEqual({ open: [], unknown: 'Temporal did not list them (UNAVAILABLE)' });
  });
});
