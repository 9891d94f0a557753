import type { Context } from '../command';
import { exitCodes, outcomeCodes } from '../exit-codes';
import { findDeployment, findOnlyDeployment } from '../find-deployment';
import { follow, hasEnded } from '../follow';
import { eventLine, eventObject, eventsBetween } from '../screens/events';
import { plain } from '../screens/look';
import { reportLines } from '../screens/report';
import type { Situation } from '../situation';
import type { Engine, Run } from '../temporal/engine';
import type { ExtraKeys } from '../live/keys';

/** Follows a deployment until it ends: live at a terminal, a line per event on a pipe, an object per line under `--json`. */
export async function watch(context: Context): Promise<number> {
  const engine = await context.connect();
  const id = context.arguments['id'];
  const run = id === undefined ? await findOnlyDeployment(engine) : await findDeployment(engine, id);
  return watchRun(context, engine, run, {});
}

export interface WatchOptions {
  /** Keys beside the usual ones, by situation. */
  readonly extraKeys?: ExtraKeys;
  /** What `q` does here, in words; default: it leaves the deployment running. */
  readonly leave?: string;
  readonly every?: number;
  /** Told of every look. */
  readonly onLook?: (situation: Situation) => void;
}

/** Follows one run and answers with the outcome's exit code, or 130 when the person left. */
export async function watchRun(context: Context, engine: Engine, run: Run, options: WatchOptions): Promise<number> {
  const last = await followToEnd(context, engine, run, options);
  const id = run.memo.deploymentId ?? run.workflowId;
  if (!last || !hasEnded(last)) {
    context.out.complain(`Detached: the deployment goes on. Come back with: analytics-deploy watch ${id}`);
    return exitCodes.detached;
  }
  return sayEnd(context, last);
}

export async function followToEnd(context: Context, engine: Engine, run: Run, options: WatchOptions): Promise<Situation | null> {
  if (context.out.interactive && run.status === 'running') {
    const { watchLive } = await import('../live/view.js');
    return watchLive(context, engine, run, options);
  }
  return watchLines(context, engine, run, options);
}

async function watchLines(
  { out, interrupted }: Context,
  engine: Engine,
  run: Run,
  { every, onLook }: WatchOptions,
): Promise<Situation | null> {
  let before: Situation | null = null;
  for await (const now of follow(engine, run, { signal: interrupted, ...(every === undefined ? {} : { every }) })) {
    for (const event of eventsBetween(before, now, Date.now())) {
      out.say(eventLine(out.look, event));
      out.data(eventObject(event));
    }
    onLook?.(now);
    before = now;
  }
  return before;
}

/** Says how it ended, and answers with the outcome's exit code. */
export function sayEnd({ out }: Context, last: Situation): number {
  const { report, run } = last;
  if (report) out.say('', ...reportLines(out.look, report).map((line) => plain(out.look, line)));
  else out.complain(...last.trouble);
  out.note('', `The whole report: analytics-deploy report ${run.memo.deploymentId ?? run.workflowId}`);
  out.data({ event: 'report', report, status: last.run.status });
  return report ? outcomeCodes[report.outcome] : exitCodes.failure;
}
