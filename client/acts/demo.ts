import { dirname, relative } from 'node:path';
import { once } from 'node:events';
import { comparison, ledgerLine, measuredSplits } from '../../sandbox/demo/comparison';
import { FolderInUse } from '../../sandbox/demo/folder';
import { isKillMoment, reaction, untilMoment } from '../../sandbox/demo/moments';
import { openStage, type Stage } from '../../sandbox/demo/stage';
import { breakForms, killForms, type KillPlace, readBreak, readKill, shareProblem } from '../../sandbox/demo/wishes';
import { doubled, effectsOf } from '../../sandbox/effects';
import type { Fault } from '../../sandbox/faults';
import { compareWorlds } from '../../sandbox/snapshot';
import { defaultSpecPath, loadSpec } from '../../spec';
import type { DeploymentReport } from '../../workflows/runbook/view';
import { followUpIdOf } from '../../workflows/messages';
import { isSet, textOf, type Context } from '../command';
import { exitCodes, outcomeCodes } from '../exit-codes';
import { asStated } from '../identity';
import { failure, wrongUsage } from '../problems';
import { columns, mark, paint, plain, wrap } from '../screens/look';
import { reportLines } from '../screens/report';
import { shortDigest, span, stamp } from '../screens/words';
import { planOf, planTotals } from '../../workflows/runbook/plan';
import type { Engine, Run } from '../temporal/engine';
import { connectToTemporal } from '../temporal/connect';
import { linkTo } from './links';
import { peopleOf, requester } from './demo-people';
import { startDeployment } from './start';
import { followToEnd } from './watch';

const release = 'v1.0.0';

interface Wishes {
  /** The whole runbook. */
  readonly full: boolean;
  readonly yes: boolean;
  readonly fault: Fault | null;
  readonly kill: KillPlace | null;
}

/** A whole deployment on this machine. The exit code is that of the outcome. */
export async function demo(context: Context): Promise<number> {
  const wishes = readWishes(context);
  const { out } = context;
  out.note('analytics-deploy demo: everything runs on this machine, nothing leaves it');
  const stage = await open(context);
  try {
    return await play(context, stage, wishes);
  } finally {
    await stage.stop();
    out.note('Stopped: server, sandbox and workers.');
  }
}

function readWishes({ options, out }: Context): Wishes {
  const [broken, killed] = [textOf(options, 'break'), textOf(options, 'kill')];
  const fault = broken === undefined ? null : readBreak(broken);
  const kill = killed === undefined ? null : readKill(killed);
  if (broken !== undefined && !fault) throw wrongUsage(`"${broken}" is nothing that can break: ${breakForms}.`);
  const misplaced = fault && shareProblem(fault, rampShares());
  if (misplaced) throw wrongUsage(misplaced);
  if (killed !== undefined && !kill) throw wrongUsage(`"${killed}" is no place for a kill: ${killForms}.`);
  if (kill === 'rollback' && !fault) throw wrongUsage('A kill in the rollback needs one: add --break errors@50.');
  const yes = isSet(options, 'yes');
  if (!yes && !out.interactive)
    throw wrongUsage('The demo asks for the approvals at the prompt: run it at a terminal that can redraw, or add --yes.');
  return { full: isSet(options, 'full'), yes, fault, kill };
}

/** The shares that a candidate has one after the other in the demo. */
function rampShares(): readonly number[] {
  const read = loadSpec(defaultSpecPath);
  return read.ok ? [read.spec.ramp.initial.share, ...read.spec.ramp.steps.map(({ share }) => share)] : [];
}

/** Where the facts about a part begin. */
const factsFrom = 23;

/** Facts on as few lines as they fit on; what is to be pasted is never broken. */
function besideEachOther(facts: readonly string[], width: number): readonly string[] {
  return facts.reduce<readonly string[]>((lines, fact) => {
    const last = lines.at(-1);
    const joined = last === undefined ? fact : `${last}   ${fact}`;
    return last === undefined || columns(joined) > width ? [...lines, fact] : [...lines.slice(0, -1), joined];
  }, []);
}

async function open({ out, options, interrupted }: Context): Promise<Stage> {
  const names = { server: 'Temporal server', sandbox: 'sandbox cluster', worker: 'worker' } as const;
  try {
    return await openStage({
      dir: textOf(options, 'dir') ?? '.demo',
      specPath: defaultSpecPath,
      dist: dirname(dirname(__dirname)),
      tell: (part, ...facts) => {
        const [first = '', ...more] = besideEachOther(facts, out.look.width - factsFrom);
        out.note(
          `  ${paint(out.look, 'good', mark(out.look, 'done'))} ${names[part].padEnd(18)} ${first}`,
          ...more.map((line) => `${' '.repeat(factsFrom)}${line}`),
        );
      },
      signal: interrupted,
      cluster: textOf(options, 'cluster') ?? 'stand-in',
      full: isSet(options, 'full'),
    });
  } catch (error) {
    if (error instanceof FolderInUse) throw wrongUsage(error.message);
    if (interrupted.aborted) throw failure('Interrupted before the deployment began. Everything is stopped.');
    throw failure(error instanceof Error ? error.message : String(error));
  }
}

/** Starts the deployment as one person, lets others approve, breaks what was asked for, and tells how it ended. */
async function play(context: Context, stage: Stage, wishes: Wishes): Promise<number> {
  const { out, interrupted } = context;
  const env = { ...stage.env, ...(stage.uiUrl ? { ANALYTICS_DEPLOY_UI: stage.uiUrl } : {}), ANALYTICS_DEPLOY_USER: requester };
  const engine = await connectToTemporal({ identity: `${requester}@demo`, env });
  try {
    const lost = new AbortController();
    void stage.serverEnded.then(() => lost.abort());
    const on: Context = { ...context, env, connect: async () => engine, interrupted: AbortSignal.any([interrupted, lost.signal]) };
    if (interrupted.aborted) return detach(out);
    out.note(...wrap(`The demo acts as named people: ${requester} starts, others approve (${asStated}).`, out.look.width), '');
    const before = await stage.control.snapshot();
    if (wishes.fault) await stage.control.setFault(wishes.fault);
    const run = await begin(on, stage);
    const watching = new AbortController();
    const sides = [killWhenAsked(out, engine, stage, run, wishes.kill, watching.signal), measureReaction(stage, watching.signal)] as const;
    const last = await followToEnd(on, engine, run, {
      ...peopleOf(on, engine, run, wishes.yes),
      every: 500,
      leave: 'stop the demo',
    }).finally(() => watching.abort());
    const [killed, reactionTime] = await Promise.all(sides);
    if (lost.signal.aborted && !last?.report)
      throw failure("The demo's Temporal server has ended, its log is in the demo's folder. Start the demo again: npm run demo");
    if (!last?.report) return on.interrupted.aborted || last?.run.status === 'running' ? detach(out) : exitCodes.failure;
    const told = await tellEnd(on, engine, run, stage, last.report, before, { killed, reactionTime, wanted: wishes.kill });
    out.data(told);
    if (!wishes.yes) await stayUntilInterrupted(on, stage);
    return told.asPromised ? outcomeCodes[last.report.outcome] : exitCodes.failure;
  } finally {
    await engine.close();
  }
}

async function begin(on: Context, stage: Stage): Promise<Run> {
  const { out } = on;
  const options = { release, spec: stage.specPath, overrides: [stage.overridesPath], as: requester };
  const { engine, request, run } = await startDeployment({ ...on, options });
  const { total } = planTotals(await planOf(request));
  const { service, environment } = request.spec;
  const link = linkTo(engine, run, on);
  const words = [
    `Deploying ${service} ${release} → ${environment}`,
    run.workflowId,
    `plan ${shortDigest(request.planDigest)}, about ${span(total)} with demo waits`,
  ];
  out.note(
    ...wrap(plain(out.look, words.join('   ')), out.look.width),
    ...wrap(`The spec is the default one with ${stage.overridesPath} laid over it.`, out.look.width),
    ...(link ? [link] : []),
    '',
  );
  return run;
}

function detach(out: Context['out']): number {
  const left = 'Left before its end: the demo stops what it started, and its deployment with it. Begin anew: npm run demo';
  out.note(...wrap(left, out.look.width));
  return exitCodes.detached;
}

async function killWhenAsked(
  out: Context['out'],
  engine: Engine,
  stage: Stage,
  run: Run,
  place: KillPlace | null,
  signal: AbortSignal,
): Promise<boolean> {
  if (place === null) return false;
  const came = await untilMoment(async () => isKillMoment(place, await engine.view(run)), signal);
  if (!came) return false;
  if (!out.interactive) out.note(`The worker is killed with SIGKILL in ${place}, and started again.`);
  await stage.crashWorker();
  return true;
}

async function measureReaction({ control }: Stage, signal: AbortSignal): Promise<number | null> {
  let took: number | null = null;
  await untilMoment(async () => (took = reaction(await control.stats(), Date.now())) !== null, signal);
  return took;
}

interface Sides {
  readonly killed: boolean;
  readonly wanted: KillPlace | null;
  readonly reactionTime: number | null;
}

/** The end: outcome, measured split, what was compared, and where to look. */
async function tellEnd(
  on: Context,
  engine: Engine,
  run: Run,
  stage: Stage,
  report: DeploymentReport,
  before: Awaited<ReturnType<Stage['control']['snapshot']>>,
  { killed, wanted, reactionTime }: Sides,
): Promise<Readonly<Record<string, unknown>> & { readonly asPromised: boolean }> {
  const { out } = on;
  const splits = measuredSplits(report);
  const after = await stage.control.snapshot();
  const compared = comparison(before, after);
  const effects = effectsOf(await stage.control.ledger());
  const isAsBefore = compareWorlds(before, after).length === 0;
  const claimsAsBefore = report.left.length === 0 && !report.outcome.startsWith('SUCCEEDED');
  const asPromised = doubled(effects).length === 0 && (isAsBefore || !claimsAsBefore);
  const link = linkTo(engine, run, on);
  const [ended, followUp] = await Promise.all([engine.describe(run), followUpOf(engine, report)]);
  const history = { events: ended?.events ?? null, bytes: ended?.historyBytes ?? null };
  const lines = [
    ...reportLines(out.look, report),
    ...(splits.length === 0 ? [] : ['', 'Measured at each share']),
    ...splits.flatMap((line) => wrap(line, out.look.width - 2).map((part) => `  ${part}`)),
    ...(reactionTime === null ? [] : ['', `From the first bad answer until traffic was off: ${(reactionTime / 1000).toFixed(1)} s`]),
    ...(wanted === null
      ? []
      : [
          killed
            ? `The worker was killed in ${wanted} and started again.`
            : `The deployment never came to ${wanted}: no worker was killed.`,
        ]),
    '',
    ...[...compared, ledgerLine(effects)].flatMap((line) => wrap(line, out.look.width)),
    ...(history.events === null ? [] : ['', historyLine(history)]),
    ...(followUp === null ? [] : wrap(followUp, out.look.width)),
    ...(link ? ['', link] : []),
  ];
  out.say('', ...lines.map((line) => plain(out.look, line)));
  out.note('', 'The whole report, also when the demo is over:', `  ${reportCommand(stage, report)}`);
  return { outcome: report.outcome, report, splits, compared, effects, asPromised, killed, reactionTime, history, followUp, link };
}

/** The demo's server ends with it: the report is then in the file that was kept. */
function reportCommand({ env }: Stage, { deploymentId }: DeploymentReport): string {
  const folder = relative(process.cwd(), env['ANALYTICS_DEPLOY_REPORTS'] ?? '');
  return `analytics-deploy report ${deploymentId} --from ${folder}`;
}

function historyLine({ events, bytes }: { readonly events: number | null; readonly bytes: number | null }): string {
  return `The history has ${events ?? 0} events${bytes === null ? '' : `, ${Math.round(bytes / 1000)} kB`}.`;
}

/** Where the follow-ups stand, which the deployment has begun and which go on without it; null where it has begun none. */
async function followUpOf(engine: Engine, { deploymentId }: DeploymentReport): Promise<string | null> {
  const workflowId = followUpIdOf(deploymentId);
  const run = await engine.describe({ workflowId });
  if (run?.status !== 'running') return null;
  const { nextAt } = await engine.followUpView({ workflowId });
  return `The follow-ups have begun as ${workflowId}${nextAt === null ? '' : `, the first look is due ${stamp(nextAt)}`}.`;
}

async function stayUntilInterrupted({ out, interrupted }: Context, { kubeconfigPath }: Stage): Promise<void> {
  out.note(
    '',
    `Server, web UI and sandbox stay up: kubectl --kubeconfig ${kubeconfigPath} get deployments -A`,
    'Ctrl-C stops everything that the demo started.',
  );
  if (!interrupted.aborted) await once(interrupted, 'abort');
}
