import { assertNever } from '../assert-never';
import { NODE_ADDRESS } from './node';

/** What a pod's container is doing, as its kubelet reports it. */
export type ContainerState =
  | { readonly kind: 'waiting'; readonly reason: WaitingReason; readonly message?: string; readonly restarts: number }
  | { readonly kind: 'running'; readonly restarts: number; readonly imageId: string; readonly startedAt: string };
export type WaitingReason = 'ContainerCreating' | 'ImagePullBackOff' | 'CreateContainerConfigError' | 'CrashLoopBackOff';

/** Facts of the pod that stay the same over its life. */
export interface PodFacts {
  readonly container: string;
  readonly image: string;
  readonly podIP: string;
  readonly startedAt: string;
}

/** The pod's whole status object. */
export function podStatus(facts: PodFacts, state: ContainerState, now: string): object {
  const ready = state.kind === 'running';
  const known = ready || state.reason === 'CrashLoopBackOff';
  const condition = (type: string, isTrue: boolean): object => ({
    type,
    status: isTrue ? 'True' : 'False',
    lastProbeTime: null,
    lastTransitionTime: now,
    ...(isTrue ? {} : { reason: 'ContainersNotReady', message: `containers with unready status: [${facts.container}]` }),
  });
  return {
    phase: known ? 'Running' : 'Pending',
    hostIP: NODE_ADDRESS,
    hostIPs: [{ ip: NODE_ADDRESS }],
    // A pod has its addresses once its sandbox is up, also while its container waits.
    podIP: facts.podIP,
    podIPs: [{ ip: facts.podIP }],
    startTime: facts.startedAt,
    qosClass: 'BestEffort',
    conditions: [
      condition('PodScheduled', true),
      condition('Initialized', true),
      condition('ContainersReady', ready),
      condition('Ready', ready),
    ],
    containerStatuses: [containerStatus(facts, state, now)],
  };
}

function containerStatus(facts: PodFacts, state: ContainerState, now: string): object {
  const common = { name: facts.container, image: facts.image, restartCount: state.restarts };
  switch (state.kind) {
    case 'waiting':
      return {
        ...common,
        imageID: '',
        ready: false,
        started: false,
        state: { waiting: { reason: state.reason, ...(state.message === undefined ? {} : { message: state.message }) } },
        ...(state.reason === 'CrashLoopBackOff'
          ? { lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: facts.startedAt, finishedAt: now } } }
          : {}),
      };
    case 'running':
      return {
        ...common,
        imageID: state.imageId,
        ready: true,
        started: true,
        state: { running: { startedAt: state.startedAt } },
      };
    default:
      return assertNever(state);
  }
}
