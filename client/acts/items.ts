import type { DeploymentView } from '../../workflows/runbook/view';
import { argumentOf, textOf, textsOf, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { findDeployment, findFollowUps } from '../find-deployment';
import { wrongUsage } from '../problems';
import { sendMessage, sendToFollowUps } from '../send-message';
import { readSituation } from '../situation';
import type { Engine, Run } from '../temporal/engine';
import { messageFrom } from './message';
import { reportSent } from './report-sent';

/** Attests each item that is named, or the only one that is open. */
export async function attest(context: Context): Promise<number> {
  const { engine, run, items, send } = await chosen(context, openAttestations);
  for (const item of items) {
    reportSent(context, 'attest', run, await send(engine, run, 'attest', { ...messageFrom(context, 'attest'), item }), { item });
  }
  return exitCodes.ok;
}

/** Waives each item that is named, or the only one that stands in the way. */
export async function waive(context: Context): Promise<number> {
  if (!textOf(context.options, 'comment')?.trim()) throw wrongUsage('A waiver needs its reason: add --comment "why".');
  const until = textOf(context.options, 'until') ?? '';
  const { engine, run, items, send } = await chosen(context, inTheWay);
  for (const item of items) {
    const sent = await send(engine, run, 'waive', { ...messageFrom(context, 'waive'), item, until });
    reportSent(context, 'waive', run, sent, { item, until });
  }
  return exitCodes.ok;
}

async function chosen(context: Context, candidates: (view: DeploymentView) => readonly string[]) {
  const engine = await context.connect();
  const id = argumentOf(context, 'id');
  const named = textsOf(context.options, 'item');
  if (id.startsWith('follow-up:')) {
    if (named.length === 0) throw wrongUsage(`Name what you mean with --item. "analytics-deploy follow-up ${id}" shows what is open.`);
    return { engine, run: await findFollowUps(engine, id), items: named, send: sendToFollowUps };
  }
  const run = await findDeployment(engine, id);
  const items = named.length > 0 || run.status !== 'running' ? named : [await onlyOne(engine, run, candidates)];
  return { engine, run, items, send: sendMessage };
}

/** Where the person named none: the only one there is. */
async function onlyOne(engine: Engine, run: Run, candidates: (view: DeploymentView) => readonly string[]): Promise<string> {
  const view = (await readSituation(engine, run))?.view;
  if (!view) throw wrongUsage('No worker answers, so that what is open is not known: name it with --item.');
  const open = candidates(view);
  const [first] = open;
  if (first === undefined) throw wrongUsage('Nothing is open now. See "analytics-deploy status".');
  if (open.length > 1) throw wrongUsage(`Several are open: ${open.join(', ')}. Name one, or more, with --item.`);
  return first;
}

function openAttestations({ attestations = [] }: DeploymentView): readonly string[] {
  return attestations.filter(({ state }) => state === 'open').map(({ id }) => id);
}
function inTheWay(view: DeploymentView): readonly string[] {
  const failed = (view.attention?.lines ?? []).filter(({ waived }) => waived === null).map(({ id }) => id);
  return [...failed, ...openAttestations(view)];
}
