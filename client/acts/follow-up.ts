import type { FollowUpView } from '../../workflows/runbook/post-deployment/follow-up';
import { argumentOf, isSet, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { findFollowUps } from '../find-deployment';
import { failure, refused } from '../problems';
import { followUpLines } from '../screens/follow-up';
import { plain } from '../screens/look';
import { NoAnswer, type Engine, type Run } from '../temporal/engine';
import { messageFrom } from './message';

/** Shows how a release is looked after; with `--stop` it ends that. */
export async function followUp(context: Context): Promise<number> {
  const { out, options } = context;
  const engine = await context.connect();
  const run = await findFollowUps(engine, argumentOf(context, 'id'));
  if (isSet(options, 'stop')) return stop(context, engine, run);
  const view = await readView(engine, run);
  if (view === null) {
    throw failure(
      `No worker answers, so that the follow-ups ${run.workflowId} cannot be shown: they are safe and wait. Start one: analytics-deploy worker`,
    );
  }
  out.say(...followUpLines(out.look, view, Date.now()).map((line) => plain(out.look, line)));
  out.data({ workflowId: run.workflowId, runId: run.runId, ...view });
  return exitCodes.ok;
}

async function readView(engine: Engine, run: Run): Promise<FollowUpView | null> {
  try {
    return await engine.followUpView(run);
  } catch (error) {
    if (error instanceof NoAnswer) return null;
    throw error;
  }
}

/** As an update; where nobody answers, the signal twin with the same request id is durable at the server. */
async function stop(context: Context, engine: Engine, run: Run): Promise<number> {
  const message = messageFrom(context, 'stop');
  const delivery = await engine.update(run, 'stop', message);
  if (delivery.kind === 'refused') throw refused(delivery.reason, { refused: 'stop' });
  const ended = delivery.kind === 'ended' || (delivery.kind === 'no answer' && (await engine.signal(run, 'stop', message)) === 'ended');
  if (ended) throw refused(`Nothing to stop: the follow-ups ${run.workflowId} have ended.`, { refused: 'stop' });
  const answer =
    delivery.kind === 'answered'
      ? delivery.answer
      : 'No worker answers: the stop is recorded and will be seen when a worker is up (analytics-deploy worker).';
  context.out.say(answer);
  context.out.data({
    message: 'stop',
    result: delivery.kind === 'answered' ? 'done' : 'recorded',
    answer,
    workflowId: run.workflowId,
    runId: run.runId,
  });
  return exitCodes.ok;
}
