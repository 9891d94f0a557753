import { parseDuration } from '../../spec/duration';
import { argumentOf, textOf, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { findDeployment } from '../find-deployment';
import { wrongUsage } from '../problems';
import { sendMessage } from '../send-message';
import { readSituation } from '../situation';
import type { Engine, Run } from '../temporal/engine';
import { messageFrom } from './message';
import { reportSent } from './report-sent';

export const retry = (context: Context): Promise<number> => decide(context, 'retry');
export const adopt = (context: Context): Promise<number> => decide(context, 'adopt');
export async function skip(context: Context): Promise<number> {
  if (!textOf(context.options, 'comment')?.trim()) throw wrongUsage('A skip needs its reason: add --comment "why".');
  return decide(context, 'skip');
}

/** Answers a step that needs attention. */
async function decide(context: Context, name: 'retry' | 'adopt' | 'skip'): Promise<number> {
  const engine = await context.connect();
  const run = await findDeployment(engine, argumentOf(context, 'id'));
  const step = textOf(context.options, 'step') ?? (run.status === 'running' ? await stepInNeed(engine, run) : '');
  reportSent(context, name, run, await sendMessage(engine, run, name, { ...messageFrom(context, name), step }), { step });
  return exitCodes.ok;
}

/** The step that waits for a decision, where the person did not name it. */
async function stepInNeed(engine: Engine, run: Run): Promise<string> {
  const view = (await readSituation(engine, run))?.view;
  if (view?.attention) return view.attention.step;
  throw wrongUsage(
    view
      ? 'No step needs attention now. Name it with --step, or see "analytics-deploy status".'
      : 'No worker answers, so that the step is not known: name it with --step.',
  );
}

export async function extend(context: Context): Promise<number> {
  const by = textOf(context.options, 'by') ?? '';
  const more = parseDuration(by);
  if (more === undefined || more <= 0) throw wrongUsage(`"${by}" is no duration: --by takes 90s, 5m or 1h30m.`);
  const engine = await context.connect();
  const run = await findDeployment(engine, argumentOf(context, 'id'));
  reportSent(context, 'extend', run, await sendMessage(engine, run, 'extend', { ...messageFrom(context, 'extend'), more }), { more });
  return exitCodes.ok;
}
