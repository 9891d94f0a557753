import { temporal } from '@temporalio/proto';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Child } from '../child';
import type { ChildSettings } from '../child-messages';
import type { Metric } from '../metric';
import { takePairs } from '../pairs';
import { ratioRow } from '../rows';
import type { Stage } from '../stage';

const limit = 60_000;

export const workerStart: Metric = {
  id: 'M10',
  title: 'start of a worker',
  notes: [
    'from spawn to the first poll for workflow tasks that the server knows of, with all real activities loaded; looked for every 10 ms',
  ],
  async measure(stage, full) {
    const sources = resolve(__dirname, '..', '..', 'workflows', 'index.js');
    const pairs = await takePairs(
      full ? 20 : 7,
      1,
      () => timeToPoll(stage, { kind: 'sources', path: sources }),
      () => timeToPoll(stage, { kind: 'bundle', path: stage.bundles.ours.codePath }),
    );
    return [ratioRow({ what: 'spawn → first poll, prebuilt bundle', goal: 0.45, baselineIs: 'with workflowsPath' }, pairs)];
  },
};

async function timeToPoll({ address, client }: Stage, workflows: ChildSettings['workflows']): Promise<number> {
  const queue = `start-${randomUUID().slice(0, 8)}`;
  const began = performance.now();
  const child = Child.spawn({ address, queue, options: 'ours', workflows, world: 'real' });
  try {
    for (;;) {
      const { pollers } = await client.workflowService.describeTaskQueue({
        namespace: 'default',
        taskQueue: { name: queue },
        taskQueueType: temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
      });
      if (pollers.some(({ identity }) => identity === child.identity)) return performance.now() - began;
      if (performance.now() - began > limit) throw new Error(`A worker did not poll within ${limit / 1000} s.`);
      await delay(10);
    }
  } finally {
    await child.kill();
  }
}
