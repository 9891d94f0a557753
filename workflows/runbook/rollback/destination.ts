/** Rungs traffic and system: the other colour is brought up before traffic goes to it (runbook, immediate and full system rollback). */
import type { WorkloadChange, WorkloadState } from '../contract';
import { raiseMinimums } from '../phase-2-production/autoscalers';
import { moveTraffic } from '../phase-2-production/traffic';
import type { Change, Context, Runner, Section } from '../step';
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

export const awaitDestination = awaitRollout('rollback.rollout', 'rollout of the destination');

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

/** As many pods as the live colour has, rolled out. Where pods are what shares are made of, the move itself brings them up. */
async function ready(runbook: Runner, context: Context, prepare: (replicas: number | undefined) => Promise<void>): Promise<void> {
  const { release, request } = context;
  const { production } = request.spec;
  await raiseMinimums(runbook, context);
  const byPods = production.traffic.mechanism === 'replicas';
  await prepare(byPods ? undefined : release.live.replicas);
  if (byPods) await moveTraffic(runbook, 'rollback', context, 100, { settle: 0 });
  await runbook.check(awaitDestination, { ...target(context), image: release.image, deadline: production.rollout.deadline });
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
