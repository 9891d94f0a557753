import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from './problems';
import { timeOfDay } from './screens/words';
import { readSituation, type Situation } from './situation';
import { isConnectionError, lostBecause } from './temporal/errors';
import type { Engine, RunName } from './temporal/engine';

/** First and longest pause between two looks. */
const quick = 1_000;
const slow = 3_000;

/** How long a server may be away before we give up: long enough for its restart. */
const outage = 5 * 60_000;

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly every?: number;
}

/**
 * Looks again and again until the deployment has ended or the caller stops; less often while nothing changes. A server that goes away meanwhile is
 * waited for: what was seen last is given again, with that trouble.
 */
export async function* follow(engine: Engine, run: RunName, { signal, every = quick }: FollowOptions): AsyncGenerator<Situation> {
  let pause = every;
  let seen = '';
  let last: Situation | null = null;
  let lastAt = Date.now();
  while (!signal.aborted) {
    const { situation, fresh } = await look(engine, run, last, lastAt);
    if (!situation) throw failure(`The deployment ${run.workflowId} is not known to Temporal any more: its retention is over.`);
    yield situation;
    if (hasEnded(situation)) return;
    if (fresh) [last, lastAt] = [situation, Date.now()];
    const now = JSON.stringify([situation.view?.rows, situation.view?.state, situation.tally?.samples, situation.trouble]);
    pause = now === seen ? Math.min(slow, pause * 1.25) : every;
    seen = now;
    await pausing(pause, signal);
  }
}

interface Look {
  readonly situation: Situation | null;
  /** False while the server is away: then it is what was seen last. */
  readonly fresh: boolean;
}

async function look(engine: Engine, run: RunName, last: Situation | null, lastAt: number): Promise<Look> {
  try {
    return { situation: await readSituation(engine, run, { workerSeen: last !== null && last.view !== null }), fresh: true };
  } catch (error) {
    if (last === null || !isConnectionError(error) || Date.now() - lastAt > outage) throw error;
    const trouble = `Lost the connection to Temporal (${lostBecause(error)}): trying again. The deployment is safe; this is how it stood at ${timeOfDay(lastAt, Date.now())}.`;
    return { situation: { ...last, trouble: [trouble] }, fresh: false };
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
