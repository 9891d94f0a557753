import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { type answerSignal, tell } from '../bare-workflows';
import { untilIdle } from '../deployment';
import { Scene } from '../scene';
import type { Stage } from '../stage';
import type { Troupe } from '../troupe';

/** S: from the call that signals to the first line of the next activity, in a workflow that does nothing else. Milliseconds. */
export async function measureSignal({ client }: Stage, { queues, hooks }: Troupe): Promise<number> {
  const workflowId = `signal-${randomUUID()}`;
  const scene = new Scene();
  hooks.set(workflowId, scene.hook);
  const answered = scene.began('answered').then(() => performance.now());
  const handle = await client.workflow.start<typeof answerSignal>('answerSignal', { workflowId, taskQueue: queues.bare, args: [] });
  await untilIdle(handle);
  const sent = performance.now();
  const [, reached] = await Promise.all([handle.signal(tell), answered]);
  await handle.result();
  hooks.delete(workflowId);
  return reached - sent;
}
