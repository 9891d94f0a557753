import type { FollowUpView } from '../../workflows/runbook/post-deployment/follow-up';
import { argumentOf, isSet, textOf, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { findFollowUps } from '../find-deployment';
import { failure, wrongUsage } from '../problems';
import { followUpLines, type EndedView } from '../screens/follow-up';
import { plain } from '../screens/look';
import { sendToFollowUps } from '../send-message';
import { NoAnswer, type AllMessages, type Engine, type Run } from '../temporal/engine';
import { messageFrom } from './message';
import { reportSent } from './report-sent';

/** Shows how a release is looked after; with `--alert` it calls for a look, with `--stop` it ends them. */
export async function followUp(context: Context): Promise<number> {
  const { out, options } = context;
  const named = textOf(options, 'alert')?.trim();
  if (named === '' || (isSet(options, 'over') && named === undefined)) throw wrongUsage('Name the alert: --alert <name>.');
  if (named !== undefined && isSet(options, 'stop')) throw wrongUsage('--alert calls for a look, --stop ends the looks: give one of them.');
  const engine = await context.connect();
  const run = await findFollowUps(engine, argumentOf(context, 'id'));
  if (isSet(options, 'stop')) return stop(context, engine, run);
  if (named !== undefined) return alert(context, engine, run, named);
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

function stop(context: Context, engine: Engine, run: Run): Promise<number> {
  return tell(context, engine, run, 'stop', messageFrom(context, 'stop'));
}

/** What a person sees, as Alertmanager would push it: people are told, and the release is looked at. */
function alert(context: Context, engine: Engine, run: Run, name: string): Promise<number> {
  const message = messageFrom(context, 'alert');
  // Told again it is the same alert.
  const fingerprint = `by-hand-${name}`;
  const told = { name, summary: message.comment ?? '', fingerprint, firing: !isSet(context.options, 'over'), labels: { alertname: name } };
  return tell(context, engine, run, 'alert', { ...message, alerts: [told] });
}

async function tell<Name extends 'stop' | 'alert'>(
  context: Context,
  engine: Engine,
  run: Run,
  name: Name,
  message: AllMessages[Name],
): Promise<number> {
  reportSent(context, name, run, await sendToFollowUps(engine, run, name, message));
  return exitCodes.ok;
}
