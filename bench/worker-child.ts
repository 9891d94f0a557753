/** A worker in a process of its own: to be killed, weighed, or timed at its start. Its settings are one JSON argument. */
import { Context } from '@temporalio/activity';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { controlActivities } from '../activities';
import { createPorts } from '../activities/ports/create';
import { bareActivities } from './bare-activities';
import { collectGarbage } from './collect';
import type { ChildSettings, FromChild, ToChild } from './child-messages';
import { scaledSpec } from './request';
import { defaults, hurried, ours } from './worker-options';
import { instantWorld, type Call } from './world';

const settings = JSON.parse(process.argv[2] ?? '{}') as ChildSettings;

async function run(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });
  const connection = await NativeConnection.connect({ address: settings.address });
  const worker = await Worker.create({
    connection,
    taskQueue: settings.queue,
    identity: `bench-${process.pid}`,
    ...(settings.options === 'ours' ? ours : defaults),
    ...hurried,
    ...(settings.cached === undefined ? {} : { maxCachedWorkflows: settings.cached }),
    ...workflows(),
    activities: activities(),
  });
  process.once('disconnect', () => process.exit());
  process.on('message', (message: ToChild) => hear(message));
  tell({ kind: 'ready' });
  await worker.run();
}

function workflows(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  return settings.workflows.kind === 'bundle'
    ? { workflowBundle: { codePath: settings.workflows.path } }
    : { workflowsPath: settings.workflows.path };
}

/** The real activities where only the start counts; else those of the instant world, which the observer hears of. */
function activities(): NonNullable<WorkerOptions['activities']> {
  if (settings.world === 'real') return { ...controlActivities(createPorts({})) };
  return settings.world === 'bare' ? { ...bareActivities(hook) } : { ...instantWorld(scaledSpec(100), hook) };
}

/** What is held, as `workflowId id when`, and how those that wait go on, by workflow id. */
const held = new Set<string>();
const waiting = new Map<string, () => void>();

/** Tells the observer of every call, and lasts as long as the observer wants it held, beating as all our activities do. */
async function hook(call: Call): Promise<void> {
  tell({ kind: 'call', call });
  if (!held.has(`${call.workflowId} ${call.id} ${call.when}`)) return;
  const context = Context.current();
  const pulse = setInterval(() => context.heartbeat(), 500);
  await new Promise<void>((resolve) => waiting.set(call.workflowId, resolve));
  clearInterval(pulse);
}

function hear(message: ToChild): void {
  switch (message.kind) {
    case 'weigh':
      void collectGarbage().then(() => tell({ kind: 'weight', bytes: process.memoryUsage.rss() }));
      return;
    case 'hold':
      held.add(`${message.workflowId} ${message.id} ${message.when}`);
      return;
    case 'release':
      return waiting.get(message.workflowId)?.();
  }
}

function tell(message: FromChild): void {
  process.send?.(message);
}

void run();
