import { homedir } from 'node:os';
import { workflowIdOf, type RollbackMessage } from '../../workflows/messages';
import { planOf, planOfStepBack, planTotals, type PlanLine } from '../../workflows/runbook/plan';
import { reportsFolder, REPORTS } from '../../workflows/runbook/report/place';
import type { Ended, KeptRequest } from '../../workflows/runbook/rollback/ended';
import { impactAfterwards, impactMeanwhile } from '../../workflows/runbook/rollback/impact';
import {
  isLevel,
  levelTitles,
  rollbackLevels,
  type Brought,
  type RollbackLevel,
  type RollbackWish,
} from '../../workflows/runbook/rollback/level';
import { rollbackOf } from '../../workflows/runbook/rollback/request';
import { refusing } from '../../workflows/runbook/rollback';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import type { DeploymentReport } from '../../workflows/runbook/view';
import { argumentOf, isSet, textOf, type Context } from '../command';
import { exitCodes, isLive } from '../exit-codes';
import { findDeployment } from '../find-deployment';
import { hasEnded } from '../follow';
import { whoIs } from '../identity';
import { mintDeploymentId } from '../ids';
import { failure, Problem, refused, wrongUsage } from '../problems';
import { readKeptRequest } from '../report/kept';
import { beside, plain } from '../screens/look';
import { planLines, planScreen } from '../screens/plan';
import { sendMessage } from '../send-message';
import { readSituation } from '../situation';
import type { Engine, Run } from '../temporal/engine';
import { ask } from './ask';
import { end } from './endings';
import { messageFrom } from './message';
import { reportSent } from './report-sent';
import { startWords } from './start-words';
import { followToEnd, sayEnd } from './watch';

/** A rung of the rollback ladder. Without --level it is as ever: taken at once, without a question. */
export async function rollback(context: Context): Promise<number> {
  const level = levelOf(context);
  if (level === null) return end(context, 'rollback');
  const engine = await context.connect();
  const found = await find(context, engine, argumentOf(context, 'id'));
  if ('kept' in found) return afterwards(context, engine, { ...found.kept, later: found.later, runId: null, status: 'completed' }, level);
  if (found.status === 'running') return meanwhile(context, engine, found, level);
  const { runId, status } = found;
  const situation = await readSituation(engine, found);
  return afterwards(
    context,
    engine,
    { request: await engine.request(found), ended: situation?.report ?? null, later: [], runId, status },
    level,
  );
}

/** By Temporal, or by the file that was kept at its end. */
async function find(
  { out, env }: Context,
  engine: Engine,
  id: string,
): Promise<Run | { readonly kept: KeptRequest; readonly later: readonly KeptRequest[] }> {
  try {
    return await findDeployment(engine, id);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== exitCodes.refused) throw error;
    const folder = reportsFolder(env, env['HOME'] ?? homedir());
    const found = await readKeptRequest(folder, id);
    if (found) {
      out.note(`Temporal does not know it any more. From the file that was kept at its end: ${found.file}`);
      return found;
    }
    throw refused(
      `${error.message}\nWhere Temporal has dropped it, what a rollback needs lies beside the report that its worker has kept, and not in ${folder}: type this where the worker runs, or name its folder with ${REPORTS}. Else deploy the version that you want: analytics-deploy start --release VERSION`,
    );
  }
}

/** A deployment that is over, by Temporal or by the file that was kept of it. */
interface Over {
  readonly request: DeploymentRequest;
  /** Null where it left no report. */
  readonly ended: Ended | null;
  /** Where Temporal has dropped it, it may have dropped what came after it, too: by the files beside its own, newest first. */
  readonly later: readonly KeptRequest[];
  /** Null where Temporal has dropped the run. */
  readonly runId: string | null;
  readonly status: string;
}

function levelOf({ options }: Context): RollbackLevel | null {
  const level = textOf(options, 'level');
  if (level !== undefined && !isLevel(level)) throw wrongUsage(`"${level}" is no level: it is one of ${rollbackLevels.join(', ')}.`);
  const ofDatabase = ['by', 'backup', 'acceptOlder', 'steps'].filter((name) => textOf(options, name) !== undefined);
  if (ofDatabase.length > 0 && level !== 'database')
    throw wrongUsage('--by, --backup, --accept-older and --steps belong to --level database.');
  if (textOf(options, 'acceptContract') !== undefined && level !== 'traffic' && level !== 'system')
    throw wrongUsage('--accept-contract belongs to --level traffic and --level system.');
  if (textOf(options, 'then') !== undefined && level !== 'partial') throw wrongUsage('--then belongs to --level partial.');
  if (level === undefined && isSet(options, 'dryRun')) return 'traffic';
  return level ?? null;
}

/** During the deployment: the deployment itself takes the rung. */
async function meanwhile(context: Context, engine: Engine, run: Run, level: RollbackLevel): Promise<number> {
  const { out, options } = context;
  const [request, situation] = await Promise.all([engine.request(run), readSituation(engine, run)]);
  const view = situation?.view ?? null;
  const impact = view
    ? impactMeanwhile(level, view, request.spec)
    : ['No worker answers: how it stands cannot be shown. The message is recorded and taken when a worker is up.'];
  const lines = view && !view.rollback && view.share > 0 ? await planOfStepBack(request, level, view) : [];
  show(context, level, run.memo.deploymentId ?? run.workflowId, impact, null, lines);
  const data = { level, deploymentId: run.memo.deploymentId ?? null, running: true, impact, lines };
  if (isSet(options, 'dryRun')) return shownOnly(context, data);
  await confirm(context, level);
  const more = { level, ...thenOf(context) };
  if (level === 'traffic' || level === 'system') return end(context, 'rollback', more);
  reportSent(context, 'rollback', run, await sendMessage(engine, run, 'rollback', { ...messageFrom(context, 'rollback'), ...more }), {
    level,
  });
  out.note(`See how it goes on: analytics-deploy watch ${run.memo.deploymentId ?? run.workflowId}`);
  return exitCodes.ok;
}

function thenOf({ options }: Context): Pick<RollbackMessage, 'then'> {
  const then = textOf(options, 'then');
  return then === 'zero' || then === 'stay' ? { then } : {};
}

/** After it: a deployment of kind rollback, in the same lane and under the same lock. */
async function afterwards(context: Context, engine: Engine, over: Over, level: RollbackLevel): Promise<number> {
  const { out, options } = context;
  const { request: ended } = over;
  const workflowId = workflowIdOf(ended.spec.service, ended.spec.environment);
  const of = await whatIsRolledBack(engine, workflowId, over, level);
  const reason = textOf(options, 'comment')?.trim();
  const acceptContract = textOf(options, 'acceptContract')?.trim();
  // What came with the deployment stays what it is, whatever rung was taken since.
  const brought = ended.rollback ? ended.rollback.brought : broughtBy(over);
  const wish = {
    ...{ level, of },
    ...(reason ? { reason } : {}),
    ...(brought ? { brought } : {}),
    ...(acceptContract ? { acceptContract } : {}),
    ...databaseWish(context, level),
  };
  const requester = whoIs(textOf(options, 'as'), context.env);
  const request = rollbackOf(ended, wish, { requester, deploymentId: mintDeploymentId(ended.spec, `rollback-${level}`, new Date()) });
  const lines = await planOf(request);
  const impact = impactAfterwards(level, request);
  show(context, level, ended.deploymentId, impact, request, lines);
  const data = { level, deploymentId: request.deploymentId, of: wish.of, running: false, impact, lines, totals: planTotals(lines) };
  if (isSet(options, 'dryRun')) return shownOnly(context, data);
  await confirm(context, level);
  const started = await engine.start(request, startWords(request));
  if (started.kind === 'already running') {
    const other = await engine.describe({ workflowId });
    throw other ? await laneIsTaken(engine, other) : refused(`Not rolled back: another deployment runs in the same lane, ${workflowId}.`);
  }
  out.say(...[`Started ${request.deploymentId}`, `  ${levelTitles[level]}, by ${requester}`].map((line) => plain(out.look, line)));
  const begun = await engine.describe({ workflowId, runId: started.runId });
  if (!begun) throw failure(`The rollback was started but cannot be read: ${workflowId}. See "analytics-deploy status ${workflowId}".`);
  if (options['wait'] === false) {
    out.data({ ...data, workflowId: begun.workflowId, runId: begun.runId });
    return exitCodes.ok;
  }
  return untilEnd(context, engine, begun, request);
}

/** Follows it; one that does not apply is a refusal. */
async function untilEnd(context: Context, engine: Engine, run: Run, { deploymentId }: DeploymentRequest): Promise<number> {
  const last = await followToEnd(context, engine, run, {});
  if (!last || !hasEnded(last)) {
    context.out.complain(`Detached: the rollback goes on. Come back with: analytics-deploy watch ${deploymentId}`);
    return exitCodes.detached;
  }
  const code = sayEnd(context, last);
  return last.report && isRefusal(last.report) ? exitCodes.refused : code;
}

/** At the first look, or at one after people or the lock were waited for. */
function isRefusal({ outcome, rows }: Pick<DeploymentReport, 'outcome' | 'rows'>): boolean {
  return outcome === 'FAILED' && rows.some(({ children }) => children.some(({ id, state }) => refusing.includes(id) && state === 'failed'));
}

/**
 * The deployment that a rollback goes away from: the one that is named, or the one that a rollback was meant for that was not done. What came after
 * it must have changed nothing; the worker compares with the target's record once more.
 */
async function whatIsRolledBack(
  engine: Engine,
  workflowId: string,
  { request, ended, later, runId, status }: Over,
  level: RollbackLevel,
): Promise<string> {
  const id = request.deploymentId;
  // The database goes back once the traffic has: the rollback that moved it came after, and is no obstacle.
  const isItsRollback = (other: DeploymentRequest): boolean => level === 'database' && other.rollback?.of === id;
  const cameAfter = (other: string) =>
    refused(`Not rolled back: ${other} came after ${id}. Roll that one back: analytics-deploy rollback ${other} --level ${level}`);
  const newest = await engine.describe({ workflowId });
  if (newest && newest.runId !== runId) {
    const other = newest.memo.deploymentId ?? newest.workflowId;
    const how = await endOfRun(engine, newest);
    if (how !== 'as before' && !isItsRollback(await engine.request(newest))) throw cameAfter(other);
  }
  const after = later.find((one) => leftServing(one.ended) === 'live' && !isItsRollback(one.request));
  if (after) throw cameAfter(after.request.deploymentId);
  const how = endOf(id, ended, status);
  if (request.rollback && (how === 'as before' || level === 'database')) return request.rollback.of;
  if (how === 'live') return id;
  if (level === 'traffic' || level === 'system') throw refused(`Nothing to do: ${id} has ended, and the world is as before.`);
  return id;
}

/** What came with a deployment, as its report says. */
function broughtBy({ ended }: Over): Brought | undefined {
  const { version, release, migrations: names = [] } = ended ?? {};
  return version !== undefined && release ? { version, commit: release.commit, names } : undefined;
}

/** How the database goes back. */
function databaseWish({ options }: Context, level: RollbackLevel): Pick<RollbackWish, 'database'> {
  if (level !== 'database') return {};
  const [backup, older, steps] = [textOf(options, 'backup'), textOf(options, 'acceptOlder')?.trim(), textOf(options, 'steps')];
  if (steps !== undefined && !/^[1-9]\d?$/.test(steps)) throw wrongUsage(`"${steps}" is no number of migrations: --steps takes 1 to 99.`);
  return {
    database: {
      by: textOf(options, 'by') === 'migrations' ? 'migrations' : 'backup',
      ...(backup === undefined ? {} : { backup }),
      ...(older ? { older } : {}),
      ...(steps === undefined ? {} : { steps: Number(steps) }),
    },
  };
}

/** What a run has left serving: a rollback of the database, however it ended, leaves what served before it. @throws where it still runs, or left something half-way. */
async function endOfRun(engine: Engine, run: Run): Promise<'live' | 'as before'> {
  const situation = await readSituation(engine, run);
  if (situation?.run.status === 'running') throw await laneIsTaken(engine, run);
  return endOf(run.memo.deploymentId ?? run.workflowId, situation?.report ?? null, run.status);
}

function endOf(id: string, report: Ended | null, status: string): 'live' | 'as before' {
  const leavesAsItWas = report?.rollback?.level === 'database';
  // One that is not well is where it was to go: a reason for another rung.
  if (!report || (report.outcome === 'ROLLBACK_INCOMPLETE' && !leavesAsItWas && !report.unwell)) {
    const how = report ? report.outcome : status;
    throw refused(`Not rolled back: ${id} has ended (${how}) and left something changed. Put it back first: analytics-deploy repair`);
  }
  return leftServing(report);
}

/** With other flags it is the release of before that serves, as with another database. */
function leftServing({ outcome, unwell, rollback }: Ended): 'live' | 'as before' {
  const isAnother = rollback?.level !== 'database' && rollback?.level !== 'flags';
  return isAnother && (unwell || isLive(outcome)) ? 'live' : 'as before';
}

/** Somebody is at it already, or a deployment is to be rolled back first. */
async function laneIsTaken(engine: Engine, run: Run) {
  const running = run.memo.deploymentId ?? run.workflowId;
  const { rollback } = await engine.request(run);
  const says = rollback
    ? `${running} is rolling back already (${rollback.level}, ${rollback.of}): analytics-deploy watch ${running}`
    : `${running} runs in the same lane. Roll that one back: analytics-deploy rollback ${running}`;
  return refused(`Not rolled back: ${says}`, { running });
}

function show(
  { out }: Context,
  level: RollbackLevel,
  id: string,
  impact: readonly string[],
  request: DeploymentRequest | null,
  lines: readonly PlanLine[],
): void {
  const title = `Rollback (${level}) of ${id}: ${levelTitles[level]}`;
  const withoutTotals = lines.length > 0 ? ['', ...planLines(out.look, lines)] : [];
  const plan = request ? planScreen(out.look, { title, lines, planDigest: request.planDigest, notes: [] }) : [title, ...withoutTotals];
  out.say(
    ...[...plan, '', 'Expected impact', ...impact.flatMap((line) => beside('  ', line, out.look.width)), ''].map((line) =>
      plain(out.look, line),
    ),
  );
}

function shownOnly({ out }: Context, data: object): number {
  out.say('Nothing was changed (--dry-run).');
  out.data({ ...data, done: false });
  return exitCodes.ok;
}

/** A person says yes at the terminal; a machine says it beforehand. */
async function confirm({ out, options, interrupted }: Context, level: RollbackLevel): Promise<void> {
  if (isSet(options, 'yes')) return;
  if (!out.interactive) throw refused(`Not rolled back: nobody can be asked here. Say so beforehand: --level ${level} --yes`);
  const answer = await ask(`Roll back (${level})? Type yes: `, interrupted);
  if (answer !== 'yes') throw refused('Not rolled back: nothing was sent.');
}
