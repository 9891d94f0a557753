import { Worker } from '@temporalio/worker';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { controlActivities, execActivities } from '../../activities';
import { createPorts } from '../../activities/ports/create';
import { createKubernetes } from '../../activities/ports/kubernetes/adapter';
import { areBuilt } from '../../sandbox/control-plane/programs';
import { startSandbox, type Sandbox } from '../../sandbox/world';
import type { Spec } from '../../workflows/runbook/spec';
import { Deployment } from '../deployment';
import type { Metric } from '../metric';
import { takePairs } from '../pairs';
import { requestFor, scaledSpec } from '../request';
import { ratioRow, type RatioRow } from '../rows';
import type { Stage } from '../stage';

const hour = 3_600_000;
/** One and a half times the 5.3 PATCHes that Argo Rollouts takes for an abort alone; ours may take that beside aborted neighbours as well. */
const goal = 7.95;

/** Short watches up to 50 %, where it waits until somebody aborts. */
function spec(): Spec {
  const scaled = scaledSpec(150, () => ({ off: { '1.2': 'not measured', '1.3': 'not measured', '1.4': 'not measured' }, signals: [] }));
  const { ramp, production } = scaled;
  return {
    ...scaled,
    ramp: { ...ramp, steps: ramp.steps.map(({ share }) => ({ share, watch: share === 50 ? hour : 150 })) },
    production: { ...production, settle: 0 },
  };
}

export const restored: Metric = {
  id: 'M11',
  title: 'abort → traffic restored in a whole world, alone and beside aborted neighbours',
  notes: [
    'the abort as its signal, until the gateway routes by the restored weights; the baseline is one PATCH of the same object by the same client',
    'on a real control plane where it is built (npm run test:cluster builds it), else on the stand-in; world and observer share a process',
    'neighbours are deployments that were aborted in the same cluster before: what an ended one still writes would show here',
  ],
  async measure(stage, full) {
    const isReal = await areBuilt();
    const sandbox = await startSandbox({ spec: spec(), dir: join(stage.folder, 'world'), rate: 10, cluster: isReal ? 'real' : 'stand-in' });
    const queue = `restored-${process.pid}`;
    const reports = join(stage.folder, 'reports');
    const ports = createPorts({ ...process.env, KUBECONFIG: sandbox.kubeconfigPath, ANALYTICS_DEPLOY_REPORTS: reports });
    const workers = await Promise.all([
      Worker.create({
        connection: stage.native,
        taskQueue: queue,
        workflowBundle: stage.bundles.ours,
        activities: { ...controlActivities(ports) },
      }),
      Worker.create({ connection: stage.native, taskQueue: `${queue}-exec`, activities: { ...execActivities(ports) } }),
    ]);
    const running = Promise.all(workers.map((worker) => worker.run()));
    try {
      const patch = patchOf(sandbox);
      for (let warmUp = 0; warmUp < 20; warmUp++) await patch();
      const rows: RatioRow[] = [];
      let aborted = 0;
      const abortOne = async (): Promise<number> => {
        aborted += 1;
        return measureAbort(stage, sandbox, queue);
      };
      for (const neighbours of [0, 1, 5]) {
        while (aborted < neighbours) await abortOne();
        const pairs = await takePairs(full ? 20 : 4, 1, patch, abortOne);
        const what = `${isReal ? 'real control plane' : 'stand-in'}, ${neighbours === 0 ? 'alone' : `after at least ${neighbours} aborted`}`;
        rows.push(ratioRow({ what, goal, baselineIs: 'one PATCH' }, pairs));
      }
      return rows;
    } finally {
      for (const worker of workers) worker.shutdown();
      await running;
      await sandbox.stop();
    }
  },
};

/** One PATCH of the route's annotations by the product's own client. */
function patchOf({ kubeconfigPath, spec: { production } }: Sandbox): () => Promise<number> {
  const kubernetes = createKubernetes(kubeconfigPath);
  const { cluster, namespace, traffic } = production;
  const reference = { kind: 'HTTPRoute', cluster, namespace, name: traffic.route ?? '' } as const;
  let turn = 0;
  return async () => {
    const began = performance.now();
    await kubernetes.patch(reference, [{ op: 'add', path: '/metadata/labels/bench', value: String(turn++) }]);
    return performance.now() - began;
  };
}

async function measureAbort(stage: Stage, sandbox: Sandbox, queue: string): Promise<number> {
  const request = requestFor(sandbox.spec, queue);
  const deployment = await Deployment.start(stage.client, { ...request, version: 'v1.0.0' });
  await deployment.passGate();
  await deployment.until(({ share }) => share === 50);
  const { candidate } = await deployment.until((view) => view.candidate !== null);
  const colour = candidate?.colour ?? '';
  const share = async (): Promise<number> => (await sandbox.stats()).shares[colour] ?? 0;
  // The sampler is at rest: what is measured begins with the word.
  await delay(200);
  const began = performance.now();
  await deployment.send('abort', { by: 'eva' });
  while ((await share()) !== 0) await delay(0.5);
  const took = performance.now() - began;
  await deployment.handle.result();
  return took;
}
