import type { Engine, Run } from './engine';

/** Whether surely nobody would answer a run. A server that cannot tell now, or may not tell us, keeps nothing from being asked or sent. */
export async function hasNoWorker(engine: Engine, { taskQueue }: Run): Promise<boolean> {
  try {
    return (await engine.pollers(taskQueue, 'workflow')).length === 0;
  } catch {
    return false;
  }
}
