import type { SampleTally } from '../workflows/runbook/judge/evidence';
import type { DeploymentReport, DeploymentView } from '../workflows/runbook/view';
import { NoAnswer, type Engine, type PendingActivity, type Run, type RunName } from './temporal/engine';

/** All that can be known of a deployment now: the workflow's own view, and what the server says without it. */
export interface Situation {
  readonly run: Run;
  /** Null while no worker answers; then `missing` says why. */
  readonly view: DeploymentView | null;
  readonly missing: string | null;
  /** Set once it has ended. */
  readonly report: DeploymentReport | null;
  /** What the running watch has counted so far. */
  readonly tally: SampleTally | null;
  /** Things that are wrong around it, one sentence each, with the remedy. */
  readonly trouble: readonly string[];
}

/** How long ago a worker may have asked for work and still count as there: polls last up to a minute. */
const pollerIsRecent = 70_000;
/** Attempts of one workflow task from which on it is trouble rather than a hiccup. */
const failingTask = 3;

export interface ReadOptions {
  /** The last look was answered: the worker need not be looked for first. */
  readonly workerSeen?: boolean;
  readonly now?: () => number;
}

/** Reads everything; never fails because of a missing worker. */
export async function readSituation(
  engine: Engine,
  name: RunName,
  { workerSeen = false, now = Date.now }: ReadOptions = {},
): Promise<Situation | null> {
  const run = await engine.describe(name);
  if (!run) return null;
  return run.status === 'running' ? readOpen(engine, run, workerSeen, now) : readClosed(engine, run);
}

async function readOpen(engine: Engine, run: Run, workerSeen: boolean, now: () => number): Promise<Situation> {
  const failing = run.taskAttempt >= failingTask;
  const { view, missing } = failing ? { view: null, missing: 'its workflow task fails' } : await readView(engine, run, workerSeen);
  const trouble = [
    ...(failing ? [await engineTrouble(engine, run)] : []),
    ...(view && run.activities.every(({ attempt }) => attempt < 2) ? [] : await missingWorkers(engine, run, view === null, now())),
    ...run.activities.flatMap(retried(now())),
    ...run.activities.flatMap(heldUp(now())),
  ];
  return { run, view, missing, report: view?.report ?? null, tally: tallyOf(run), trouble };
}

async function readClosed(engine: Engine, run: Run): Promise<Situation> {
  const blank = { run, view: null, tally: null } as const;
  if (run.status === 'completed') return { ...blank, missing: null, report: await engine.report(run), trouble: [] };
  return {
    ...blank,
    missing: `the run is ${run.status} and left no report`,
    report: null,
    trouble: [`The run was ${run.status} from outside: nothing was put back. See what it left, and put it back: analytics-deploy repair`],
  };
}

/** Where nobody has polled for minutes there is nothing to wait for. */
async function readView(engine: Engine, run: Run, workerSeen: boolean): Promise<Pick<Situation, 'view' | 'missing'>> {
  const silent = { view: null, missing: 'no worker answers' } as const;
  if (!workerSeen && (await engine.pollers(run.taskQueue, 'workflow')).length === 0) return silent;
  try {
    return { view: await engine.view(run), missing: null };
  } catch (error) {
    if (error instanceof NoAnswer) return silent;
    throw error;
  }
}

/** Said when nobody polls: the deployment waits, nothing is lost. */
async function missingWorkers(engine: Engine, run: Run, silent: boolean, now: number): Promise<readonly string[]> {
  const pollers = await engine.pollers(run.taskQueue, 'workflow');
  const recent = pollers.filter(({ lastAccessAt }) => now - lastAccessAt < pollerIsRecent);
  if (recent.length === 0) {
    return [`No worker is polling "${run.taskQueue}": the deployment is safe and waits. Start one: analytics-deploy worker`];
  }
  if (!silent || run.taskAttempt >= failingTask) return [];
  const last = Math.max(...recent.map(({ lastAccessAt }) => lastAccessAt));
  return [
    `No worker answers on "${run.taskQueue}" (one was there ${Math.round((now - last) / 1000)} s ago): the deployment is safe and waits. If it was stopped, start one: analytics-deploy worker`,
  ];
}

async function engineTrouble(engine: Engine, run: Run): Promise<string> {
  const why = (await engine.lastTaskFailure(run)) ?? 'no error was recorded';
  return `Engine trouble: the workflow task has failed ${run.taskAttempt - 1} times (${why}). Production is left as it is. Deploy the older build of the worker, or the corrected one: the deployment then goes on by itself.`;
}

/** A step that is being repeated, and what it says. */
function retried(now: number): (activity: PendingActivity) => readonly string[] {
  return ({ id, attempt, lastFailure, nextAttemptAt }) => {
    if (attempt < 2 || lastFailure === null) return [];
    const next = nextAttemptAt !== null && nextAttemptAt > now ? `, next in ${Math.ceil((nextAttemptAt - now) / 1000)} s` : '';
    return [`${id} is at attempt ${attempt}${next}: ${lastFailure}`];
  };
}

/** After so many milliseconds a rollout that waits is worth a word: every rollout waits for a moment. */
const worthAWord = 5_000;

/** A rollout that something keeps from going on says so in its heartbeat, long before its deadline: pods that do not become ready, a quota. */
function heldUp(now: number): (activity: PendingActivity) => readonly string[] {
  return ({ id, heartbeat }) => {
    const { waitingFor, startedAt } = (heartbeat ?? {}) as { readonly waitingFor?: unknown; readonly startedAt?: unknown };
    if (typeof waitingFor !== 'string' || typeof startedAt !== 'number' || now - startedAt < worthAWord) return [];
    return /not ready: |refused: /.test(waitingFor) ? [`${id} waits for ${waitingFor}`] : [];
  };
}

/** The tally travels in the heartbeat of the sampler. */
function tallyOf({ activities }: Run): SampleTally | null {
  const sampler = activities.find(({ type }) => type === 'sampleSignals');
  const beat = sampler?.heartbeat;
  if (typeof beat !== 'object' || beat === null || !('tally' in beat)) return null;
  const { tally } = beat;
  return typeof tally === 'object' && tally !== null && 'signals' in tally ? (tally as SampleTally) : null;
}
