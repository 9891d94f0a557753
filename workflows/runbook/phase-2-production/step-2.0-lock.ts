/** Before the first production write: the target is locked, so that two deployments never write to it at once, whatever server they run on. */
import { LOCK_AND_SCALE_DOWN } from '../patches';
import type { ColourState } from '../release';
import type { ProductionSpec } from '../spec';
import type { Context, Lock, Runner, Section } from '../step';
import { routeObjects, targetName, type TargetObject } from '../target';

export const takeTarget: Lock = {
  kind: 'lock',
  id: '2.0.lock',
  title: 'lock the target',
  policy: 'write',
  summary: ({ namespace, name }) => `Lease and record ${namespace}/${name}`,
  takes: () => 1_000,
  ifItFails: 'ask',
  receipt: ({ epoch, note }) => (note === undefined ? `epoch ${epoch}` : `epoch ${epoch}; ${note}`),
  notes: ['the record in the cluster says what was changed and from what: "repair" puts it back without Temporal'],
};

/** Its title and place; what it does is `lockTarget`. */
export const lock: Section = {
  id: '2.0',
  title: 'lock',
  phase: 'phase 2: production',
  inWindow: true,
  since: LOCK_AND_SCALE_DOWN,
  run: async () => undefined,
};

/** Takes it unless `differences` finds, after a wait, that something is no longer as it was approved: false then. */
export async function lockTarget(runbook: Runner, context: Context, differences: () => Promise<readonly string[]>): Promise<boolean> {
  let isTaken = true;
  await runbook.section({ ...lock, run: async (...all) => void (isTaken = await take(...all, differences)) }, context);
  return isTaken;
}

function take(runbook: Runner, { request, release }: Context, differences: () => Promise<readonly string[]>): Promise<boolean> {
  const { cluster, namespace, traffic } = request.spec.production;
  const asked = {
    ...{ cluster, namespace, name: targetName(request.spec.service) },
    deployment: request.deploymentId,
    objects: objectsOf(request.spec.production, [release.live, release.candidate]),
    propagation: traffic.propagation,
    ...(request.takeOver === undefined ? {} : { takeOver: request.takeOver }),
  };
  return runbook.lock(takeTarget, asked, differences);
}

/** Everything that a deployment writes in production and that is there before it begins. */
function objectsOf({ service, traffic }: ProductionSpec, colours: readonly ColourState[]): readonly TargetObject[] {
  return [
    ...colours.flatMap(({ deployment, autoscaler }): readonly TargetObject[] => [
      { kind: 'Deployment', name: deployment },
      ...(autoscaler ? [{ kind: 'HorizontalPodAutoscaler', name: autoscaler.name } as const] : []),
    ]),
    { kind: 'Service', name: service },
    ...routeObjects(traffic),
  ];
}
