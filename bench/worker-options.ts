import type { WorkerOptions } from '@temporalio/worker';

/** How deployments' workers are set up: the same as in worker/main.ts, for our own workflows and for what they are compared with. */
export const ours = {
  stickyQueueScheduleToStartTimeout: '2s',
  maxConcurrentActivityTaskExecutions: 200,
  maxHeartbeatThrottleInterval: '1s',
  defaultHeartbeatThrottleInterval: '1s',
} as const satisfies Partial<WorkerOptions>;

/** The SDK as it comes. */
export const defaults = {} as const satisfies Partial<WorkerOptions>;

/** A measurement ends as soon as it knows: nothing is waited for. */
export const hurried = { shutdownGraceTime: 0, shutdownForceTime: '1s' } as const satisfies Partial<WorkerOptions>;
