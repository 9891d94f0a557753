import type { PodConfigReceipt, PodConfigRequest, RolloutReceipt, RolloutRequest, WorkloadTarget } from '../workflows/runbook/contract';
import type { Attempt } from './activity';
import { assertNever, failure } from './failures';
import type { Ports } from './ports';
import type { Deployment, Follower, Pod, Reference } from './ports/kubernetes';
import { imageOf, rolloutStatus, type RolloutStatus } from './rollout-status';
import { foreignFailure, label, writerOf } from './safe-write';
import { containerField } from './workloads';

/** Without a watch. */
const polls = { first: 300, longest: 1_000 } as const;
/** With one: how long its silence is believed, in milliseconds. */
const silence = 30_000;

/** Rollouts: waiting for one, and what its pods were given. */
export function rolloutActivities(ports: Ports) {
  const { kubernetes, clock } = ports;
  async function readDeployment(target: WorkloadTarget): Promise<Deployment> {
    const deployment = await kubernetes.read(referenceOf(target));
    if (deployment) return deployment;
    throw failure('RolloutFailed', `${label(referenceOf(target))} does not exist any more`, {
      remedy: 'See who deleted it, then retry or roll back.',
    });
  }

  /** Decides on live reads alone; the watch only says when a look is worth it. */
  async function untilComplete(request: RolloutRequest, attempt: Attempt, startedAt: number, waiting: Waiting): Promise<RolloutReceipt> {
    for (;;) {
      const deployment = await readDeployment(request);
      const status = statusOf(request, deployment, await kubernetes.pods(request, deployment.selector));
      switch (status.kind) {
        case 'done':
          return { ready: status.ready, desired: status.desired, revision: status.revision };
        case 'failed':
          throw rolloutFailed(request, status.reason);
        case 'foreign': {
          const by = writerOf(deployment.meta, containerField(request, 'f:image'));
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
      await waiting.untilWorthALook(deployment.selector, startedAt);
    }
  }

  return {
    /** Under a deadline of its own, which a crash of the worker does not set back (runbook, steps 1.1 and 2.2). */
    async awaitRollout(request: RolloutRequest, attempt: Attempt): Promise<RolloutReceipt> {
      const startedAt = resumedStart(attempt.resumed) ?? clock.now();
      const waiting = new Waiting(ports, request, attempt);
      try {
        return await untilComplete(request, attempt, startedAt, waiting);
      } finally {
        waiting.stop();
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

/** Where so many are enough, those that do not get on keep nobody waiting; those that are about to be replaced do not count. */
function statusOf({ container, image, enough }: RolloutRequest, deployment: Deployment, pods: readonly Pod[]): RolloutStatus {
  const status = rolloutStatus(deployment, pods, container, image);
  if (enough === undefined || status.kind === 'done' || status.kind === 'foreign') return status;
  const { meta, containers, status: counts } = deployment;
  const ready = pods.filter((pod) => pod.ready && !pod.deleting && isOfTemplate(pod, containers, container)).length;
  const isSeen = counts.observedGeneration >= meta.generation;
  return !isSeen || Math.min(ready, counts.updated) < enough
    ? status
    : { kind: 'done', ready, desired: deployment.replicas, revision: deployment.revision };
}

/** By image and by the configuration that it names: nothing else of a template is written here. */
function isOfTemplate(pod: Pod, template: Deployment['containers'], name: string): boolean {
  const named = template.find((container) => container.name === name)?.envFrom ?? [];
  const given = pod.containers.find((container) => container.name === name)?.envFrom ?? [];
  return imageOf(pod.containers, name) === imageOf(template, name) && named.every((one) => given.includes(one));
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

/** Waits between two looks at a rollout. Mutable: it holds the watch. */
class Waiting {
  private follower: Promise<Follower | null> | null = null;
  private poll: number = polls.first;

  constructor(
    private readonly ports: Pick<Ports, 'kubernetes' | 'clock'>,
    private readonly request: RolloutRequest,
    private readonly attempt: Attempt,
  ) {}

  /** Until the watch shows that something is decided, or has been silent for half a minute; without a watch, until the next poll. */
  async untilWorthALook(selector: Deployment['selector'], startedAt: number): Promise<void> {
    const { kubernetes, clock } = this.ports;
    this.follower ??= kubernetes.follow(referenceOf(this.request), selector);
    const follower = await this.follower;
    if (follower === null) {
      await clock.sleep(this.poll, this.attempt.signal);
      this.poll = Math.min(this.poll * 1.5, polls.longest);
      return;
    }
    const end = Math.min(clock.now() + silence, startedAt + this.request.deadline);
    while (clock.now() < end) {
      const what = await follower.next(end - clock.now(), this.attempt.signal);
      const deployment = follower.deployment();
      if (what === 'ended') {
        follower.stop();
        this.follower = null;
        await clock.sleep(this.poll, this.attempt.signal);
        return;
      }
      const status = deployment && statusOf(this.request, deployment, follower.pods());
      if (status && status.kind !== 'waiting') return;
      if (status) this.attempt.heartbeat({ startedAt, waitingFor: status.for });
    }
  }

  stop(): void {
    void this.follower?.then((follower) => follower?.stop());
  }
}
