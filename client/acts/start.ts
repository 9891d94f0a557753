import { setTimeout as sleep } from 'node:timers/promises';
import { workflowIdOf } from '../../workflows/messages';
import { gatesOf, withoutOtherProfiles } from '../../workflows/runbook/profiles';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import type { Gate } from '../../workflows/runbook/step';
import { planOf, planTotals, type PlanLine } from '../../workflows/runbook/plan';
import type { DeploymentState } from '../../workflows/runbook/view';
import { isSet, textOf, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { asStated } from '../identity';
import { failure, refused } from '../problems';
import { askedNotes } from '../screens/asked';
import { beside, plain } from '../screens/look';
import { productionStanding } from '../screens/outlook';
import { standingInWords } from '../screens/windows';
import { shortDigest, span } from '../screens/words';
import { sendMessage } from '../send-message';
import { readSituation } from '../situation';
import type { Engine, Run } from '../temporal/engine';
import { missingSearchAttributes } from '../temporal/search-attributes';
import { linkTo } from './links';
import { refuseUnknownSteps } from './known-steps';
import { messageFrom } from './message';
import { requestOf } from './request';
import { startWords } from './start-words';
import { watchRun } from './watch';

/** How long a superseded deployment may take to put back what it changed. */
const supersedePatience = 10 * 60_000;

/** Starts a deployment and says what can be done next; with `--wait` it follows it. */
export async function start(context: Context): Promise<number> {
  const { engine, request, run, file } = await startDeployment(context);
  await say(context, engine, request, run, file);
  return isSet(context.options, 'wait') ? watchRun(context, engine, run, {}) : exitCodes.ok;
}

export interface StartedDeployment {
  readonly engine: Engine;
  readonly request: DeploymentRequest;
  readonly run: Run;
  /** The spec's file. */
  readonly file: string;
}

/** Starts one deployment per service and environment; refuses while another one runs, naming it. */
export async function startDeployment(context: Context): Promise<StartedDeployment> {
  const { out, options } = context;
  const drafted = requestOf(context, textOf(options, 'release') ?? '', new Date());
  refuseUnpassableGates(drafted.request, drafted.read.file);
  const lines = await planOf(drafted.request);
  refuseUnknownSteps(drafted.read.spec, lines, drafted.read.file);
  refuseWhatNeverFits(drafted.request, lines);
  const engine = await context.connect();
  const { missing } = missingSearchAttributes(await engine.searchAttributes());
  if (missing.length > 0)
    out.note(
      'The namespace does not know our search attributes: the memo is used instead. "analytics-deploy doctor" says how to register them.',
    );
  const request: DeploymentRequest = { ...withoutOtherProfiles(drafted.request), searchAttributes: missing.length === 0 };
  return { engine, request, run: await begin(context, engine, request), file: drafted.read.file };
}

/** Nobody approves what they started themselves: a gate that needs the requester would stay closed until it expires. */
function refuseUnpassableGates(request: DeploymentRequest, file: string): void {
  for (const { gate } of gatesOf(request)) refuseUnpassableGate(gate, request, file);
}

function refuseUnpassableGate({ id, title, approvals, roles }: Gate, { spec, requester }: DeploymentRequest, file: string): void {
  const others = [...new Set(roles.flatMap((role) => spec.roles[role] ?? []))].filter((name) => name !== requester);
  if (others.length >= approvals) return;
  const who = others.length === 0 ? 'nobody holds one' : `only ${others.join(', ')} hold${others.length === 1 ? 's' : ''} one`;
  throw refused(
    `Not started: the gate "${title}" needs ${approvals} of ${roles.join(', ')}, and beside you, who start it (${requester}), ${who}. Let somebody else start it, or name more people below roles in ${file}.`,
    { gate: id, approvals, others },
  );
}

/** A wait that no window ends would be one for ever. */
function refuseWhatNeverFits(request: DeploymentRequest, lines: readonly PlanLine[]): void {
  const standing = productionStanding(request, lines, Date.now());
  if (standing?.kind !== 'never') return;
  throw refused(
    `Not started: ${standingInWords(standing)}. See "analytics-deploy windows". Make a window longer or the watches shorter, or start with --emergency --reason "why".`,
    { needs: standing.needs },
  );
}

async function begin(context: Context, engine: Engine, request: DeploymentRequest): Promise<Run> {
  const workflowId = workflowIdOf(request.spec.service, request.spec.environment);
  const words = startWords(request);
  let started = await engine.start(request, words);
  if (started.kind === 'already running') {
    if (!isSet(context.options, 'supersede')) throw await alreadyRunning(engine, workflowId);
    await supersede(context, engine, workflowId, request);
    started = await engine.start(request, words);
    if (started.kind === 'already running') throw await alreadyRunning(engine, workflowId);
  }
  const run = await engine.describe({ workflowId, runId: started.runId });
  if (!run) throw failure(`The deployment was started but cannot be read: ${workflowId}. See "analytics-deploy status ${workflowId}".`);
  return run;
}

/** The state of a deployment as the end of a sentence. */
const standing: Readonly<Record<DeploymentState, string>> = {
  running: 'is running',
  'waiting for approval': 'is waiting for approval',
  'waiting for attestations': 'is waiting for attestations',
  'waiting for its window': 'is waiting for its window',
  'needs attention': 'needs attention',
  paused: 'is paused',
  unwinding: 'is putting everything back',
  ended: 'is ending',
};

async function alreadyRunning(engine: Engine, workflowId: string) {
  const situation = await readSituation(engine, { workflowId });
  const { deploymentId = workflowId, version = 'another version', requester = 'someone' } = situation?.run.memo ?? {};
  const state = situation?.view?.state ?? 'running, no worker answers';
  const stands = situation?.view ? standing[situation.view.state] : 'is running, no worker answers';
  return refused(
    `Not started: ${deploymentId} (${version}, started by ${requester}) ${stands}. Follow it with "analytics-deploy watch ${deploymentId}", end it with "analytics-deploy abort ${deploymentId}", or add --supersede while it has not touched production.`,
    { running: deploymentId, state },
  );
}

/** Ends the running deployment by its own rules, and waits until it has put back what it changed. */
async function supersede(context: Context, engine: Engine, workflowId: string, request: DeploymentRequest): Promise<void> {
  const running = await engine.describe({ workflowId });
  if (!running || running.status !== 'running') return;
  const name = running.memo.deploymentId ?? workflowId;
  if ((await engine.pollers(running.taskQueue, 'workflow')).length === 0)
    throw refused(`Not superseded: no worker answers, so that ${name} cannot put back what it changed. Start one: analytics-deploy worker`);
  const message = { ...messageFrom(context, 'supersede'), comment: `superseded by ${request.deploymentId}` };
  const { answer } = await sendMessage(engine, running, 'supersede', message);
  context.out.note(`${name}: ${answer}`, `Waiting until it has ended, at most ${span(supersedePatience)}.`);
  const deadline = Date.now() + supersedePatience;
  while (Date.now() < deadline && !context.interrupted.aborted) {
    const now = await engine.describe(running);
    if (now?.status !== 'running') return refuseLeftovers(engine, running, name);
    await sleep(500);
  }
  throw refused(`Not started: ${name} has not ended yet. See "analytics-deploy status ${name}", then start again.`);
}

/** What the superseded deployment could not put back would be taken for the state before by the next one. */
async function refuseLeftovers(engine: Engine, ended: Run, name: string): Promise<void> {
  const report = (await readSituation(engine, ended))?.report;
  if (!report)
    throw refused(
      `Not started: ${name} has ended without a report, and nobody knows what it left. See "analytics-deploy status ${name}", put right what is not, then start again.`,
    );
  const { left } = report;
  if (left.length === 0) return;
  throw refused(
    [
      `Not started: ${name} has ended and could not put back ${left.map(({ subject }) => subject).join(', ')}. Finish by hand:`,
      ...left.flatMap(({ subject, reason, byHand }) => [`  ${subject}: ${reason}`, `    ${byHand}`]),
      'Then start again, without --supersede: the lane is free. A start before that takes what is left for the state before.',
    ].join('\n'),
    { left },
  );
}

async function say(context: Context, engine: Engine, request: DeploymentRequest, run: Run, file: string): Promise<void> {
  const { out, options } = context;
  const { deploymentId, planDigest, requester, spec, version, searchAttributes } = request;
  const link = linkTo(engine, run, context);
  const lines = await planOf(request);
  const totals = planTotals(lines);
  const standing = productionStanding(request, lines, Date.now());
  const notes = askedNotes(request, lines, standing);
  out.say(
    ...[
      `Started ${deploymentId}`,
      `  ${spec.service} ${version} → ${spec.environment}   ${run.workflowId}`,
      `  plan ${shortDigest(planDigest)}, about ${span(totals.total)} (waits ${span(totals.waits)})   spec ${file}`,
      `  by ${requester} (${asStated})`,
      ...notes.flatMap((note) => beside('  ', note, out.look.width)),
      ...(link ? [`  ${link}`] : []),
    ].map((line) => plain(out.look, line)),
  );
  if (!isSet(options, 'wait')) {
    out.note('Next:', ...['watch', 'status', 'report', 'abort'].map((name) => `  analytics-deploy ${name} ${deploymentId}`));
    await noteMissingWorker(context, engine, run);
  }
  out.data({
    deploymentId,
    workflowId: run.workflowId,
    runId: run.runId,
    planDigest,
    requester,
    version,
    searchAttributes,
    production: standing,
    link,
  });
}

async function noteMissingWorker({ out }: Context, engine: Engine, { taskQueue }: Run): Promise<void> {
  if ((await engine.pollers(taskQueue, 'workflow')).length > 0) return;
  out.note(`No worker is polling "${taskQueue}": the deployment is safe and waits. Start one: analytics-deploy worker`);
}
