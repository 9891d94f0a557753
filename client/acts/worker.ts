import { runWorker } from '../../worker/main';
import { textOf, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { taskQueuesOf } from './request';

/** Runs a worker in this process until it is told to stop. A server that cannot be reached is told in our words before it begins. */
export async function worker(context: Context): Promise<number> {
  const engine = await context.connect();
  await engine.version();
  const role = textOf(context.options, 'role') ?? 'all';
  await runWorker({ role: role as 'all' | 'control' | 'exec', taskQueues: taskQueuesOf(context) });
  return exitCodes.ok;
}
