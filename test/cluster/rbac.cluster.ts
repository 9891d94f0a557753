import { afterEach, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { manifestsOf } from '../../client/rbac/manifests';
import { rightsOf } from '../../client/rights';
import type { ClusterClient } from '../../sandbox/cluster/client';
import { writeKubeconfig } from '../../sandbox/kubernetes/kubeconfig';
import { compareWorlds } from '../../sandbox/snapshot';
import { repairAs } from '../acceptance/repair';
import { heldAtHalf, Stage, stageSpec, step } from '../acceptance/stage';
import { testCluster } from './test-cluster';

let stage: Stage;
afterEach(() => stage.close());

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
}
const paths: Readonly<Record<string, readonly [string, string]>> = {
  ServiceAccount: ['/api/v1', 'serviceaccounts'],
  Role: ['/apis/rbac.authorization.k8s.io/v1', 'roles'],
  RoleBinding: ['/apis/rbac.authorization.k8s.io/v1', 'rolebindings'],
};

/** Applies what `analytics-deploy rbac` prints, and gives a kubeconfig of that service account and nothing more. */
async function asWorker(cluster: ClusterClient): Promise<string> {
  const { spec, cluster: api } = stage.sandbox;
  const account = { name: 'analytics-deploy', namespace: spec.production.namespace };
  for (const document of parseAllDocuments(manifestsOf(rightsOf(spec), account))) {
    const manifest = document.toJS() as Manifest;
    const [group = '', plural = ''] = paths[manifest.kind] ?? [];
    await cluster.call(`${group}/namespaces/${manifest.metadata.namespace}/${plural}`, { method: 'POST', body: manifest });
  }
  const { status } = await cluster.call<{ readonly status: { readonly token: string } }>(
    `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}/token`,
    { method: 'POST', body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } } },
  );
  const file = join(stage.dir, 'worker.kubeconfig');
  const parts = { url: api.url, ca: api.ca, token: status.token, contexts: ['sandbox'], namespace: account.namespace };
  await writeFile(file, writeKubeconfig(parts), { mode: 0o600 });
  return file;
}

/** An autoscaler of the live colour and a budget, so that every right has something to be used on. */
async function addScalers(cluster: ClusterClient): Promise<void> {
  const { production, service } = stage.sandbox.spec;
  const { namespace } = production;
  const name = production.colours['green']?.deployment ?? '';
  await cluster.call(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`, {
    method: 'POST',
    body: {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name, namespace },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas: 1, maxReplicas: 9 },
    },
  });
  await cluster.call(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`, {
    method: 'POST',
    body: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: service, namespace },
      spec: { minAvailable: 1, selector: { matchLabels: { app: service } } },
    },
  });
}

describe('with the Roles that are printed and nothing more', () => {
  test('a repair, a rollback and a whole deployment go through, and every right is used', async () => {
    stage = await Stage.open({ spec: { ...heldAtHalf(stageSpec()), signals: [] }, cluster: testCluster });
    const cluster = stage.cluster();
    await addScalers(cluster);
    const worker = await asWorker(cluster);
    const before = await stage.sandbox.snapshot();
    await stage.work(worker);

    const terminated = await stage.deploy({ deploymentId: 'analytics-production-v1.0.0-20261124T020000Z' });
    await terminated.approve();
    await step(terminated, '2.3.watch-50');
    await terminated.handle.terminate('an accident');
    expect(await repairAs(stage, worker, '--yes')).toMatchObject({ code: 0, told: { left: [] } });
    expect(compareWorlds(before, await stage.sandbox.snapshot())).toEqual([]);

    const aborted = await stage.deploy({ deploymentId: 'analytics-production-v1.0.0-20261124T030000Z' });
    await aborted.approve();
    await step(aborted, '2.3.watch-50');
    await aborted.send('abort', { by: 'bo' });
    expect(await aborted.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
    expect(compareWorlds(before, await stage.sandbox.snapshot())).toEqual([]);

    const spec = stageSpec();
    const quick = { ...stage.sandbox.spec, ramp: spec.ramp };
    const whole = await stage.deploy({ deploymentId: 'analytics-production-v1.0.0-20261124T040000Z', spec: quick });
    await whole.approve();
    expect(await whole.result()).toMatchObject({ outcome: 'SUCCEEDED', left: [], waivers: [] });

    const used = new Set(
      (stage.sandbox.cluster.askedByOthers ?? []).map(({ verb, namespace, resource }) => `${namespace} ${verb} ${resource}`),
    );
    const granted = new Set(
      rightsOf(stage.sandbox.spec).flatMap(({ namespace, verbs, resource }) => verbs.map((verb) => `${namespace} ${verb} ${resource}`)),
    );
    expect([...granted].filter((right) => !used.has(right))).toEqual([]);
    expect([...used].filter((right) => !granted.has(right))).toEqual([]);
  }, 240_000);
});
