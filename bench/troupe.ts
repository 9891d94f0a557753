import { Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import type { ControlActivities, ExecActivities } from '../activities';
import type { Spec } from '../workflows/runbook/spec';
import { bareActivities } from './bare-activities';
import { ours, hurried } from './worker-options';
import type { Stage } from './stage';
import { instantWorld, type Call, type Hook } from './world';

/** Workers in the observer's own process: for deployments (both roles), and with the same options for what they are compared with. */
export interface Troupe {
  readonly queues: { readonly ours: string; readonly bare: string };
  /** Hooks by workflow id; those of workflows without one do nothing. */
  readonly hooks: Map<string, Hook>;
}

/** Runs the workers as long as `measure` takes. */
export async function withTroupe<T>(stage: Stage, spec: Spec, measure: (troupe: Troupe) => Promise<T>): Promise<T> {
  const hooks = new Map<string, Hook>();
  const hook = (call: Call) => hooks.get(call.workflowId)?.(call);
  const queues = { ours: `ours-${randomUUID().slice(0, 8)}`, bare: `bare-${randomUUID().slice(0, 8)}` };
  // Which queue an activity is called on is the workflow's word: both workers could answer all of them.
  const answers: ControlActivities & ExecActivities = instantWorld(spec, hook);
  const shared = { connection: stage.native, ...ours, ...hurried };
  const workers = await Promise.all([
    Worker.create({ ...shared, taskQueue: queues.ours, workflowBundle: stage.bundles.ours, activities: { ...answers } }),
    Worker.create({ ...shared, taskQueue: `${queues.ours}-exec`, activities: { ...answers } }),
    Worker.create({ ...shared, taskQueue: queues.bare, workflowBundle: stage.bundles.bare, activities: { ...bareActivities(hook) } }),
  ]);
  const running = workers.map((worker) => worker.run());
  try {
    return await Promise.race([measure({ queues, hooks }), Promise.all(running).then(stopped)]);
  } finally {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.allSettled(running);
  }
}

function stopped(): never {
  throw new Error('A worker stopped while it was measured.');
}
