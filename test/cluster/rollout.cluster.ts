import { afterEach, describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createActivities } from '../../activities';
import { createPorts } from '../../activities/ports/create';
import { findPrograms } from '../../sandbox/control-plane/programs';
import type { RolloutReceipt, RolloutRequest } from '../../workflows/runbook/contract';
import { Stage, stageSpec } from '../acceptance/stage';
import { testCluster } from './test-cluster';

let stage: Stage;
afterEach(() => stage.close());

interface Deployment {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] } };
  };
  readonly status?: { readonly availableReplicas?: number; readonly updatedReplicas?: number };
}

describe('waiting for a rollout', () => {
  test('ends about when kubectl rollout status does, and asks next to nothing while it waits', async () => {
    stage = await Stage.open({ spec: stageSpec(), cluster: testCluster });
    const { spec, cluster: api, kubeconfigPath } = stage.sandbox;
    const { kubectl } = await findPrograms(() => undefined);
    const { namespace, colours, cluster } = spec.production;
    const deployment = colours['green']?.deployment ?? '';
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`;
    const client = stage.cluster();
    const activities = createActivities(createPorts({ ...process.env, KUBECONFIG: kubeconfigPath }));
    const times: { readonly ours: number; readonly theirs: number }[] = [];
    for (const [round, replicas] of [4, 5, 6, 7, 8].entries()) {
      const before = await client.call<Deployment>(path);
      const image = before.spec.template.spec.containers[0]?.image ?? '';
      const request: RolloutRequest = { cluster, namespace, deployment, container: spec.image.container, image, deadline: 60_000 };
      await client.call(path, {
        method: 'PATCH',
        body: { spec: { replicas, template: { metadata: { annotations: { round: String(round) } } } } },
      });
      const gets = api.faults.add({
        match: { resource: 'deployments', verb: 'get', manager: 'node-fetch' },
        effect: { kind: 'delay', milliseconds: 0 },
      });
      const all = api.faults.add({ match: { resource: 'deployments', verb: 'get' }, effect: { kind: 'delay', milliseconds: 0 } });
      const told = spawn(kubectl, ['--kubeconfig', kubeconfigPath, '-n', namespace, 'rollout', 'status', `deployment/${deployment}`], {
        stdio: 'ignore',
      });
      const theirs = once(told, 'exit').then(() => performance.now());
      const ours = new MockActivityEnvironment()
        .run<[RolloutRequest], RolloutReceipt, typeof activities.awaitRollout>(activities.awaitRollout, request)
        .then(() => performance.now());
      const [oursAt, theirsAt] = await Promise.all([ours, theirs]);
      // Ours: at the beginning, and once to confirm what the watch has told. kubectl reads once or twice itself.
      expect(all.hits()).toBeLessThanOrEqual(5);
      gets.remove();
      all.remove();
      times.push({ ours: oursAt, theirs: theirsAt });
    }
    // Milliseconds by which ours ends after theirs, in the middle of five: next to the second and more that the rollout takes.
    const later = times.map(({ ours, theirs }) => ours - theirs).sort((a, b) => a - b)[2] ?? Infinity;
    expect(later).toBeLessThan(200);
  }, 120_000);
});
