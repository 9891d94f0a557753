import type { PodConfigReceipt, PodConfigRequest, RolloutReceipt, RolloutRequest, WorkloadTarget } from '../workflows/runbook/contract';
import type { Attempt } from './activity';
import { assertNever, failure } from './failures';
import type { Ports } from './ports';
import type { Deployment, Reference } from './ports/kubernetes';
import { rolloutStatus } from './rollout-status';
import { foreignFailure, label, writerOf } from './safe-write';

const polls = { first: 300, longest: 1_000 } as const;

/** Rollouts: waiting for one, and what its pods were given. */
export function rolloutActivities({ kubernetes, clock }: Ports) {
  async function readDeployment(target: WorkloadTarget): Promise<Deployment> {
    const deployment = await kubernetes.read(referenceOf(target));
    if (deployment) return deployment;
    throw failure('RolloutFailed', `${label(referenceOf(target))} does not exist any more`, {
      remedy: 'See who deleted it, then retry or roll back.',
    });
  }

  return {
    /** Under a deadline of its own, which a crash of the worker does not set back (runbook, steps 1.1 and 2.2). */
    async awaitRollout(request: RolloutRequest, attempt: Attempt): Promise<RolloutReceipt> {
      const startedAt = resumedStart(attempt.resumed) ?? clock.now();
      for (let poll: number = polls.first; ; poll = Math.min(poll * 1.5, polls.longest)) {
        const deployment = await readDeployment(request);
        const status = rolloutStatus(deployment, await kubernetes.pods(request, deployment.selector), request.container, request.image);
        switch (status.kind) {
          case 'done':
            return { ready: status.ready, desired: status.desired, revision: status.revision };
          case 'failed':
            throw rolloutFailed(request, status.reason);
          case 'foreign': {
            const by = writerOf(deployment.meta, ['f:spec', 'f:template']);
            throw foreignFailure(referenceOf(request), { by, found: status.found, expected: request.image });
          }
          case 'waiting':
            break;
          default:
            return assertNever(status);
        }
        if (clock.now() - startedAt >= request.deadline) {
          throw rolloutFailed(request, `not complete after ${Math.round(request.deadline / 1_000)} s, still waiting for ${status.for}`);
        }
        attempt.heartbeat({ startedAt, waitingFor: status.for });
        await clock.sleep(poll, attempt.signal);
      }
    },

    /** By the pods' specs: nothing is executed in them (runbook, step 2.2). */
    async verifyPodConfig(request: PodConfigRequest): Promise<PodConfigReceipt> {
      const deployment = await readDeployment(request);
      const ready = (await kubernetes.pods(request, deployment.selector)).filter((pod) => pod.ready && !pod.deleting);
      const without = ready.filter(({ containers }) => !namesConfigMap(containers, request));
      if (ready.length === 0) throw checkFailed(`${request.deployment} has no ready pod`);
      if (without.length > 0) throw checkFailed(`${without.map(({ name }) => name).join(', ')} do not name ${request.flagsConfigMap}`);
      return { pods: ready.length };
    },
  };
}

function referenceOf({ cluster, namespace, deployment }: WorkloadTarget): Reference<'Deployment'> {
  return { kind: 'Deployment', cluster, namespace, name: deployment };
}

function namesConfigMap(containers: Deployment['containers'], { container, flagsConfigMap }: PodConfigRequest): boolean {
  return containers.some(({ name, envFrom }) => name === container && (envFrom ?? []).includes(flagsConfigMap));
}

function resumedStart(resumed: unknown): number | null {
  const startedAt = (resumed as { startedAt?: unknown } | null | undefined)?.startedAt;
  return typeof startedAt === 'number' ? startedAt : null;
}

function rolloutFailed(target: WorkloadTarget, reason: string): Error {
  return failure('RolloutFailed', `The rollout of ${target.namespace}/${target.deployment} cannot finish: ${reason}`, {
    remedy: 'Mend the cause and retry, or roll back.',
  });
}
function checkFailed(what: string): Error {
  return failure('CheckFailed', what, { remedy: 'Look at the template of the Deployment, then retry or roll back.' });
}
