import type { FollowUpView } from '../../workflows/runbook/post-deployment/follow-up';
import { argumentOf, isSet, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { findFollowUps } from '../find-deployment';
import { failure, refused } from '../problems';
import { followUpLines, type EndedView } from '../screens/follow-up';
import { plain } from '../screens/look';
import { NoAnswer, type Engine, type Run } from '../temporal/engine';
import { messageFrom } from './message';

/** Shows how a release is looked after; with `--stop` it ends that. */
export async function followUp(context: Context): Promise<number> {
  const { out, options } = context;
  const engine = await context.connect();
  const run = await findFollowUps(engine, argumentOf(context, 'id'));
  if (isSet(options, 'stop')) return stop(context, engine, run);
  const view = (await readView(engine, run)) ?? (await readEnded(engine, run));
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

/** No worker is needed for the result of follow-ups that have ended. */
async function readEnded(engine: Engine, { workflowId, status, memo }: Run): Promise<EndedView> {
  if (status === 'running') {
    throw failure(
      `No worker answers, so that the follow-ups ${workflowId} cannot be shown: they are safe and wait. Start one: analytics-deploy worker`,
    );
  }
  if (status !== 'completed') throw failure(`The follow-ups ${workflowId} were ${status} from outside and left no report.`);
  const report = await engine.followUpReport({ workflowId });
  const { deploymentId, counts, alerts, attestations, decisions } = report;
  const { service = '', environment = '', version = '' } = memo;
  return { deploymentId, service, environment, version, state: 'ended', counts, alerts, attestations, decisions, report };
}

/**
 * As an update; where nobody answers, the signal twin with the same request id is durable at the server. Both to the newest run: each phase is
 * one, and where a phase ends meanwhile the next one takes the signal.
 */
async function stop(context: Context, engine: Engine, { workflowId, runId }: Run): Promise<number> {
  const message = messageFrom(context, 'stop');
  const delivery = await engine.update({ workflowId }, 'stop', message);
  if (delivery.kind === 'refused') throw refused(delivery.reason, { refused: 'stop' });
  const isEnded = delivery.kind !== 'answered' && (await engine.signal({ workflowId }, 'stop', message)) === 'ended';
  if (isEnded) throw refused(`Nothing to stop: the follow-ups ${workflowId} have ended.`, { refused: 'stop' });
  const answer = delivery.kind === 'answered' ? delivery.answer : recorded[delivery.kind];
  context.out.say(answer);
  context.out.data({
    message: 'stop',
    result: delivery.kind === 'answered' ? 'done' : 'recorded',
    answer,
    workflowId,
    runId,
  });
  return exitCodes.ok;
}

const recorded = {
  'no answer': 'No worker answers: the stop is recorded and will be seen when a worker is up (analytics-deploy worker).',
  ended: 'A phase has just ended: the stop is recorded, and ends the follow-ups at the beginning of the next one.',
} as const;
