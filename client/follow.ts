import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from './problems';
import { readSituation, type Situation } from './situation';
import type { Engine, RunName } from './temporal/engine';

/** First and longest pause between two looks. */
const quick = 1_000;
const slow = 3_000;

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly every?: number;
}

/** Looks again and again until the deployment has ended or the caller stops; less often while nothing changes. */
export async function* follow(engine: Engine, run: RunName, { signal, every = quick }: FollowOptions): AsyncGenerator<Situation> {
  let pause = every;
  let seen = '';
  let workerSeen = false;
  while (!signal.aborted) {
    const situation = await readSituation(engine, run, { workerSeen });
    if (!situation) throw failure(`The deployment ${run.workflowId} is not known to Temporal any more: its retention is over.`);
    workerSeen = situation.view !== null;
    yield situation;
    if (hasEnded(situation)) return;
    const now = JSON.stringify([situation.view?.rows, situation.view?.state, situation.tally?.samples, situation.trouble]);
    pause = now === seen ? Math.min(slow, pause * 1.25) : every;
    seen = now;
    await pausing(pause, signal);
  }
}

export function hasEnded({ run }: Situation): boolean {
  return run.status !== 'running';
}

/** Sleeps, or wakes at once when told to stop. */
async function pausing(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    // Told to stop: the caller sees it by the signal.
  }
}
