import { performance } from 'node:perf_hooks';
import { approvers, Deployment, untilIdle } from '../deployment';
import type { Metric } from '../metric';
import { takePairs } from '../pairs';
import { requestFor, scaledSpec } from '../request';
import { ratioRow } from '../rows';
import { Scene } from '../scene';
import type { Stage } from '../stage';
import { withTroupe, type Troupe } from '../troupe';
import type { Spec } from '../../workflows/runbook/spec';
import { measureSignal } from './signal-baseline';

export const approval: Metric = {
  id: 'M7',
  title: 'last approval → next step',
  notes: ['the approval by its signal, as the baseline; until the first line of the next step, which resolves the release again'],
  async measure(stage, full) {
    const spec = scaledSpec(100);
    return withTroupe(stage, spec, async (troupe) => [
      ratioRow(
        { what: 'approval → first line of the next step', goal: 1.2, baselineIs: 'S: signal → activity in a bare workflow' },
        await takePairs(
          full ? 200 : 30,
          5,
          () => measureSignal(stage, troupe),
          () => measureApproval(stage, troupe, spec),
        ),
      ),
    ]);
  },
};

async function measureApproval({ client }: Stage, { queues, hooks }: Troupe, spec: Spec): Promise<number> {
  const request = requestFor(spec, queues.ours);
  const scene = new Scene();
  hooks.set(request.deploymentId, scene.hook);
  const deployment = await Deployment.start(client, request);
  const digest = await deployment.untilGate();
  const people = approvers(request);
  for (const by of people.slice(0, -1)) await deployment.approve(digest, by);
  await untilIdle(deployment.handle);
  const reached = scene.began('resolveRelease').then(() => performance.now());
  const sent = performance.now();
  const [at] = await Promise.all([reached, deployment.approve(digest, people.at(-1) ?? '')]);
  await deployment.end();
  hooks.delete(request.deploymentId);
  return at - sent;
}
