import type { RollbackLevel } from '../../workflows/runbook/rollback/level';
import { argumentOf, type Context } from '../command';
import { effectCode, exitCodes, outcomeCodes } from '../exit-codes';
import { findDeployment } from '../find-deployment';
import { follow, hasEnded } from '../follow';
import { eventLine, eventsBetween } from '../screens/events';
import { plain } from '../screens/look';
import { reportLines } from '../screens/report';
import { sendMessage } from '../send-message';
import { readSituation, type Situation } from '../situation';
import type { Engine, Run } from '../temporal/engine';
import { messageFrom } from './message';
import { reportSent } from './report-sent';

export const abort = (context: Context): Promise<number> => end(context, 'abort');
export const handover = (context: Context): Promise<number> => end(context, 'handover');

/** Ends a deployment and waits for the effect: 0 when the world is restored, else 4. A rollback that is to roll back goes on, and is waited for. */
export async function end(
  context: Context,
  name: 'abort' | 'rollback' | 'handover',
  more: { readonly level?: RollbackLevel } = {},
): Promise<number> {
  const { out, options } = context;
  const engine = await context.connect();
  const run = await findDeployment(engine, argumentOf(context, 'id'));
  const over = run.status === 'running' ? null : await readSituation(engine, run);
  const answer = over && answerAfter(over);
  if (over && answer) {
    out.say(answer);
    reportSentAndEnded(context, name, run, { kind: 'done', answer }, over);
    return effectOf(over, name);
  }
  const sent = await sendMessage(engine, run, name, { ...messageFrom(context, name), ...more });
  if (options['wait'] === false) {
    reportSent(context, name, run, sent);
    return exitCodes.ok;
  }
  out.say(sent.answer);
  const last = await waitForEnd(context, engine, run);
  const id = run.memo.deploymentId ?? run.workflowId;
  if (!last || !hasEnded(last)) {
    out.complain(`Detached: "${name}" is taken and goes on. Come back with: analytics-deploy watch ${id}`);
    return exitCodes.detached;
  }
  reportSentAndEnded(context, name, run, sent, last);
  return effectOf(last, name);
}

/** How the world stands after the end; null where the new version is live and the message is refused. */
function answerAfter({ run, report }: Situation): string | null {
  if (!report) return `Too late: the run was ${run.status} and nothing was put back.`;
  const { outcome } = report;
  if (outcome === 'ROLLBACK_INCOMPLETE') return `Too late: it has ended (${outcome}), what is left is to be done by hand.`;
  return effectCode(outcome) === exitCodes.ok ? `Nothing to do: it has ended (${outcome}), the world is as before.` : null;
}

/** A run without a report put nothing back. Whoever asks a rollback for a rollback wants its own outcome. */
function effectOf({ report }: Situation, name: 'abort' | 'rollback' | 'handover'): number {
  if (report?.rollback && name === 'rollback') return outcomeCodes[report.outcome];
  return effectCode(report?.outcome ?? 'ROLLBACK_INCOMPLETE');
}

/** Tells what happens on stderr until it has ended, or the person leaves. */
async function waitForEnd({ out, interrupted }: Context, engine: Engine, run: Run): Promise<Situation | null> {
  let before: Situation | null = null;
  for await (const now of follow(engine, run, { signal: interrupted })) {
    if (before || now.trouble.length > 0)
      out.note(...eventsBetween(before ?? { ...now, trouble: [] }, now, Date.now()).map((event) => eventLine(out.look, event)));
    before = now;
  }
  return before;
}

function reportSentAndEnded(
  { out }: Context,
  name: string,
  run: Run,
  { kind, answer }: { readonly kind: string; readonly answer: string },
  last: Situation,
): void {
  const { report } = last;
  if (report) out.say('', ...reportLines(out.look, { ...report, rows: [] }).map((line) => plain(out.look, line)));
  else out.complain(...last.trouble);
  out.data({
    message: name,
    result: kind,
    answer,
    deploymentId: run.memo.deploymentId ?? null,
    workflowId: run.workflowId,
    runId: run.runId,
    outcome: report?.outcome ?? null,
    report,
  });
}
