import { performance } from 'node:perf_hooks';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import type { Spec } from '../../workflows/runbook/spec';
import { Deployment } from '../deployment';
import type { Metric } from '../metric';
import { takePairs } from '../pairs';
import { requestFor, scaledSpec } from '../request';
import { countRow, ratioRow, type RatioRow } from '../rows';
import { Scene } from '../scene';
import type { Stage } from '../stage';
import { withTroupe, type Troupe } from '../troupe';
import type { Call } from '../world';
import { abortPoints, type AbortPoint } from './abort-points';
import { measureSignal } from './signal-baseline';

const goal = 1.3;

/** What happens before every point is left out, so that one abort takes a second and not a minute. */
const withoutChecks = (): Pick<Spec, 'off'> => ({
  off: { '1.2': 'measured elsewhere', '1.3': 'measured elsewhere', '1.4': 'measured elsewhere' },
});

export const abort: Metric = {
  id: 'M5',
  title: 'abort → first compensating write',
  notes: [
    'the abort as its signal, until the answer to the first PATCH of an undo; S + P = signal → activity in a bare workflow, then one PATCH',
    'the undo sends one PATCH to the stand-in Kubernetes API; the reads that a real undo does before it are not part of this figure',
    'S and P are always taken unloaded, also beside the storm; a server refuses tasks during which more than 100 signals arrive',
  ],
  async measure(stage, full) {
    const spec = scaledSpec(60_000, withoutChecks);
    const cluster = await stage.cluster();
    return withTroupe(stage, spec, async (troupe) => {
      const rows: RatioRow[] = [];
      for (const point of abortPoints) {
        const pairs = await takePairs(
          full ? 50 : 9,
          full ? 5 : 1,
          () => measureBaseline(stage, troupe, cluster.patch),
          () => measureAbort(stage, troupe, requestFor(spec, troupe.queues.ours), point, cluster.patch),
        );
        rows.push(ratioRow({ what: point.name, goal, baselineIs: 'S + P' }, pairs));
      }
      const medians = rows.map(({ ratio }) => ratio.median);
      return [
        ...rows,
        countRow({ what: 'slowest point over the fastest', goal: null, unit: '' }, medians, (all) => Math.max(...all) / Math.min(...all)),
      ];
    });
  },
};

async function measureBaseline(stage: Stage, troupe: Troupe, patch: () => Promise<void>): Promise<number> {
  const signal = await measureSignal(stage, troupe);
  const began = performance.now();
  await patch();
  return signal + performance.now() - began;
}

async function measureAbort(
  { client }: Stage,
  { hooks }: Troupe,
  request: DeploymentRequest,
  point: AbortPoint,
  patch: () => Promise<void>,
): Promise<number> {
  const scene = new Scene();
  hooks.set(request.deploymentId, scene.hook);
  const restored = scene.next(isUndo).then(async () => {
    await patch();
    return performance.now();
  });
  const deployment = await Deployment.start(client, request);
  const end = await point.reach(deployment, scene);
  const sent = performance.now();
  const [at] = await Promise.all([restored, deployment.send('abort', { by: 'eva' })]);
  await end();
  await deployment.end();
  scene.over();
  hooks.delete(request.deploymentId);
  return at - sent;
}

const isUndo = ({ name, when }: Call): boolean => when === 'before' && (name.startsWith('restore') || name === 'removeFlags');
