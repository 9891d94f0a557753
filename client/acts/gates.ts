import { argumentOf, textOf, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { findDeployment } from '../find-deployment';
import { refused } from '../problems';
import { approveCommand, gateLines, type GateScreen } from '../screens/gate';
import { plain } from '../screens/look';
import { sendMessage } from '../send-message';
import { readSituation } from '../situation';
import type { Engine, Run } from '../temporal/engine';
import { ask } from './ask';
import { messageFrom } from './message';
import { reportSent } from './report-sent';

type Decision = 'approve' | 'reject';
const not: Readonly<Record<Decision, string>> = { approve: 'Not approved', reject: 'Not rejected' };

export const approve = (context: Context): Promise<number> => decide(context, 'approve');
export const reject = (context: Context): Promise<number> => decide(context, 'reject');

/** Sends the decision with the digest that was looked at; shows it first where none was given. */
async function decide(context: Context, name: Decision): Promise<number> {
  const engine = await context.connect();
  const run = await findDeployment(engine, argumentOf(context, 'id'));
  const chosen = run.status === 'running' ? await choose(context, engine, run, name) : { gate: '', digest: '' };
  reportSent(context, name, run, await sendMessage(engine, run, name, { ...messageFrom(context, name), ...chosen }), { ...chosen });
  return exitCodes.ok;
}

interface Chosen {
  readonly gate: string;
  readonly digest: string;
}

async function choose(context: Context, engine: Engine, run: Run, name: Decision): Promise<Chosen> {
  const [gate, digest] = [textOf(context.options, 'gate'), textOf(context.options, 'digest')];
  if (gate !== undefined && digest !== undefined) return { gate, digest };
  const view = (await readSituation(engine, run))?.view;
  if (!view)
    throw refused(
      `${not[name]}: no worker answers, so that what is approved cannot be shown. Give --gate and --digest, or start a worker: analytics-deploy worker`,
    );
  if (!view.gate) throw refused(`${not[name]}: no gate is open. See "analytics-deploy status ${view.deploymentId}".`);
  if (digest !== undefined) return { gate: gate ?? view.gate.id, digest };
  return look(context, { ...view, gate: view.gate }, name);
}

/** Nobody approves unseen: at a terminal it is shown and asked, elsewhere the command to paste is given. */
async function look(context: Context, screen: GateScreen, name: Decision): Promise<Chosen> {
  const { out, interrupted } = context;
  const command = approveCommand(screen).replace(' approve ', ` ${name} `);
  const { id, digest } = screen.gate;
  if (!out.interactive)
    throw refused(`${not[name]}: say which release you looked at. ${command}`, { gate: id, digest, shows: screen.gate.shows });
  out.say(...gateLines(out.look, screen, Date.now()).map((line) => plain(out.look, line)));
  const answer = await ask(
    `${name === 'approve' ? 'Approve' : 'Reject'} this as ${messageFrom(context, name).by}? Type yes: `,
    interrupted,
  );
  if (answer !== 'yes') throw refused(`${not[name]}: nothing was sent.`);
  return { gate: id, digest };
}
