/** Rungs traffic and system: the other colour is brought up before traffic goes to it (runbook, immediate and full system rollback). */
import type { RolloutReceipt, RolloutRequest, WorkloadChange, WorkloadState } from '../contract';
import { raiseMinimums } from '../phase-2-production/autoscalers';
import { moveTraffic } from '../phase-2-production/traffic';
import type { Change, Check, Context, Runner, Section } from '../step';
import { inTheEnd } from './health';
import { leastReady } from './least-ready';
import { goingBack } from './switch';
import { awaitRollout, imageByHand, setImage } from '../workload';

/** As it stands: its template is not touched. */
export const scaleUp: Change<WorkloadChange, WorkloadState> = {
  ...setImage('rollback.scale-up', 'scale the other colour up', {
    ifItFails: 'ask',
    rank: 'workload',
    production: true,
    byHand: (to, { namespace, deployment }) => `kubectl -n ${namespace} scale deployment/${deployment} --replicas=${to.replicas}`,
  }),
  summary: ({ deployment, replicas }) => `${deployment} → ${replicas ? replicas : "the live colour's"} replicas`,
  undoes: ({ deployment }) => `${deployment}: replicas as before`,
  notes: ['its template stays as it is'],
};

/** The previous version, with the flags that it served with. */
export const deployPrevious = setImage('rollback.image', 'deploy the previous version', {
  ifItFails: 'ask',
  rank: 'workload',
  production: true,
  byHand: imageByHand,
});

/** As many as traffic may go back to. */
const awaitEnough: Check<RolloutRequest, RolloutReceipt> = {
  ...awaitRollout('rollback.ready', 'destination ready'),
  summary: ({ namespace, deployment, enough }) => `${enough ? `${enough} ready pods` : 'enough ready pods'} of ${namespace}/${deployment}`,
};
/** Traffic is there already: what does not come up is told, and nothing goes back for it. */
const awaitAll: Check<RolloutRequest, RolloutReceipt> = {
  ...awaitRollout('rollback.rollout', 'rollout of the destination'),
  ifItFails: inTheEnd,
  unwell: ({ namespace, deployment }) => ({
    subject: `${namespace}/deployment/${deployment}`,
    byHand: `kubectl -n ${namespace} rollout status deployment/${deployment}`,
  }),
};

/**
 * The runbook ends a rollback with the wait for its rollout, and with the question whether the service is well. That one comes first: all traffic
 * is there already, and pods that do not come up would keep it waiting for a long time.
 */
export const allReady: Section = {
  id: 'rollback.rollout',
  title: 'all pods of the destination',
  phase: 'rollback',
  run: (runbook, context) => runbook.check(awaitAll, rolloutOf(context)),
};

export const bringUp: Section = {
  id: 'rollback.destination',
  title: 'bring the other colour up',
  phase: 'rollback',
  run: (runbook, context) =>
    ready(runbook, context, async (replicas) => {
      if (replicas !== undefined) await runbook.change(scaleUp, { ...target(context), replicas });
    }),
};

export const deployAgain: Section = {
  id: 'rollback.destination',
  title: 'deploy the previous version to the other colour',
  phase: 'rollback',
  run: (runbook, context) =>
    ready(runbook, context, (replicas) => {
      const { image, flags } = context.release;
      const flagged = context.request.spec.flags ? { flagsConfigMap: flags?.configMap ?? null } : {};
      return runbook.change(deployPrevious, { ...target(context), image, ...(replicas === undefined ? {} : { replicas }), ...flagged });
    }),
};

/** As many pods as the live colour has, and enough of them ready. Where pods are what shares are made of, the move itself brings them up. */
async function ready(runbook: Runner, context: Context, prepare: (replicas: number | undefined) => Promise<void>): Promise<void> {
  const { release, request } = context;
  const { production, rollback } = request.spec;
  await raiseMinimums(runbook, context);
  const byPods = production.traffic.mechanism === 'replicas';
  // Nobody's pods are taken away just before they get the traffic.
  await prepare(byPods ? undefined : Math.max(release.live.replicas, release.candidate.replicas));
  if (byPods) await moveTraffic(runbook, 'rollback', context, 100, goingBack);
  else await runbook.check(awaitEnough, { ...rolloutOf(context), enough: leastReady({ capacity: release.live.replicas, ...rollback }) });
}

function rolloutOf(context: Context): RolloutRequest {
  const { release, request } = context;
  return { ...target(context), image: release.image, deadline: request.spec.production.rollout.deadline };
}

/** The Deployment that gets the traffic. */
function target({ request, release }: Context) {
  const { production, image, flags } = request.spec;
  return {
    cluster: production.cluster,
    namespace: production.namespace,
    deployment: release.candidate.deployment,
    container: image.container,
    ...(flags ? { flagsPrefix: flags.configMap } : {}),
  };
}
