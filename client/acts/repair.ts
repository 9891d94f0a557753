import { createPorts } from '../../activities/ports/create';
import { lookAtTarget, repairTarget, type Repaired, type RepairPorts, type TargetLook } from '../../activities/repair';
import { targetName, type TargetPlace } from '../../workflows/runbook/target';
import { isSet, textOf, type Context } from '../command';
import { exitCodes, outcomeCodes } from '../exit-codes';
import { whoIs } from '../identity';
import { failure, refused, wrongUsage } from '../problems';
import { plain, wrap } from '../screens/look';
import { readSituation, type Situation } from '../situation';
import { ask } from './ask';
import { readSpec } from './read-spec';

/** Compares record and world and puts back what a deployment left, without it: Temporal may be gone, its workflow stuck, its worker dead. */
export async function repair(context: Context): Promise<number> {
  const { out, options, env } = context;
  const place = placeOf(context);
  const ports: RepairPorts = createPorts(env, (request, warning) => out.complain(`The cluster warns: ${warning} (${request})`));
  const look = await lookOrSay(ports, place);
  const holder = await holderOf(context, look);
  tellDifference(context, place, look, holder);
  const data = { place, holder: look.holder, epoch: look.epoch, deployment: look.record?.deployment ?? null, subjects: look.subjects };
  refuseUnreadable(context, place, look);
  if (look.holder === '' && look.subjects.length === 0) {
    out.say('Nothing to do: nobody holds the lock, and nothing is on record.');
    out.data({ ...data, done: false, restored: [], left: [] });
    return exitCodes.ok;
  }
  refuseHealthy(context, holder);
  refuseUnseen(context, holder);
  if (isSet(options, 'dryRun')) {
    out.say('Nothing was changed (--dry-run).');
    out.data({ ...data, done: false });
    return exitCodes.ok;
  }
  const isCommitted = look.record?.committed === true;
  if (isCommitted) out.note('Its deployment had reached the commit point: the world is the release that serves, and is left as it is.');
  const choice = await choose(context, look, isCommitted);
  if (choice === null) {
    out.say('Nothing was changed.');
    return exitCodes.refused;
  }
  const done = await repairTarget(ports, place, {
    by: whoIs(textOf(options, 'as'), env),
    releaseOnly: choice === 'release',
    tell: (line) => out.note(`  ${line}`),
    signal: context.interrupted,
  }).catch((error: unknown) => {
    if (!context.interrupted.aborted) throw failure(error instanceof Error ? error.message : String(error));
    throw failure('Interrupted: what is put back stays so, the rest is on record still. Run "analytics-deploy repair" again.');
  });
  tellEnd(context, done, choice, holder);
  out.data({ ...data, ...done, done: true });
  return done.left.length === 0 ? exitCodes.ok : outcomeCodes.ROLLBACK_INCOMPLETE;
}

function placeOf(context: Context): TargetPlace {
  const { options } = context;
  const [cluster, namespace, service] = [textOf(options, 'cluster'), textOf(options, 'namespace'), textOf(options, 'service')];
  if (namespace !== undefined && service !== undefined) return { cluster: cluster ?? 'current', namespace, name: targetName(service) };
  if (namespace !== undefined || service !== undefined)
    throw wrongUsage('Give --namespace and --service together, or a spec that names them.');
  const { spec } = readSpec(context);
  return { cluster: cluster ?? spec.production.cluster, namespace: spec.production.namespace, name: targetName(spec.service) };
}

async function lookOrSay(ports: RepairPorts, place: TargetPlace): Promise<TargetLook> {
  try {
    return await lookAtTarget(ports, place);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw failure(said.includes('KUBECONFIG') ? said : `${said} Set KUBECONFIG to a cluster that can be reached.`);
  }
}

/** What Temporal says of the holder: a healthy one is no case for a repair. */
type Holder =
  /** `elsewhere`: Temporal answers, and does not know it. */
  | { readonly kind: 'nobody' | 'unknown' | 'elsewhere'; readonly words: string }
  | { readonly kind: 'seen'; readonly situation: Situation; readonly words: string };

async function holderOf({ connect }: Context, { holder, running }: TargetLook): Promise<Holder> {
  if (holder === '') return { kind: 'nobody', words: 'nobody' };
  if (running === null) return { kind: 'unknown', words: holder };
  const where = `${holder}, ${running.workflowId} in namespace "${running.namespace}"`;
  try {
    const engine = await connect();
    if (engine.namespace !== running.namespace) return { kind: 'elsewhere', words: `${where}: not this connection's namespace` };
    const newest = await engine.describe({ workflowId: running.workflowId });
    // Another deployment may have the id since: then the run that took the lock is asked for.
    const isOther = newest?.memo.deploymentId !== holder && running.runId !== undefined;
    const run = isOther ? await engine.describe({ workflowId: running.workflowId, runId: running.runId }) : newest;
    if (!run || run.memo.deploymentId !== holder)
      return { kind: 'elsewhere', words: `${where}: not known to Temporal at ${engine.address}` };
    const situation = await readSituation(engine, run);
    if (!situation) return { kind: 'unknown', words: `${where}: it cannot be read any more` };
    const health =
      run.status !== 'running' ? run.status : situation.view ? 'open, a worker is at work' : `open, but ${situation.missing ?? 'silent'}`;
    return { kind: 'seen', situation, words: `${where}: ${health}` };
  } catch (error) {
    return {
      kind: 'unknown',
      words: `${where}: Temporal cannot be asked (${error instanceof Error ? error.message.split('. ')[0] : String(error)})`,
    };
  }
}

function tellDifference({ out }: Context, { namespace, name }: TargetPlace, look: TargetLook, { words }: Holder): void {
  const { record, subjects, epoch, unreadable } = look;
  const lines = [
    `Lock ${namespace}/${name}: epoch ${epoch}, held by ${words}`,
    record
      ? `Record of ${record.deployment}: ${subjects.length} changed`
      : unreadable === null
        ? 'No record: no deployment has written here.'
        : `The record ${unreadable}.`,
    ...subjects.flatMap(({ entry, was, now, isBack }) =>
      isBack ? [`  as before  ${entry.subject}`] : [`  changed    ${entry.subject}`, `             was ${was}`, `             is  ${now}`],
    ),
  ];
  out.say(...lines.flatMap((line) => wrap(plain(out.look, line), out.look.width)));
}

function refuseHealthy({ options }: Context, holder: Holder): void {
  if (holder.kind !== 'seen' || isSet(options, 'takeOver')) return;
  const { run, view } = holder.situation;
  if (run.status !== 'running' || view === null) return;
  const id = run.memo.deploymentId ?? run.workflowId;
  throw refused(
    `Not repaired: ${id} is open and its worker is at work. It puts everything back itself: analytics-deploy abort ${id}. To take the target from it all the same, add --take-over.`,
  );
}

/** A holder that this Temporal does not know may be alive on another one. */
function refuseUnseen({ options }: Context, holder: Holder): void {
  if (holder.kind !== 'elsewhere' || isSet(options, 'takeOver') || isSet(options, 'dryRun')) return;
  throw refused(
    `Not repaired: ${holder.words}. It may be at work on another Temporal server: look there and abort it. If it is over, or its history was dropped, add --take-over.`,
  );
}

/** Nobody knows what was changed: nothing can be put back, and clearing it would lose the last trace. */
function refuseUnreadable({ options }: Context, { namespace, name }: TargetPlace, { unreadable }: TargetLook): void {
  if (unreadable === null || isSet(options, 'release')) return;
  throw refused(
    `Not repaired: the record ${namespace}/${name} ${unreadable}. Use the build that wrote it, or put things back by hand: kubectl -n ${namespace} get configmap ${name} -o jsonpath='{.data.by-hand\\.txt}'. Then clear lock and record with --release.`,
  );
}

async function choose(
  { out, options, interrupted }: Context,
  look: TargetLook,
  isCommitted: boolean,
): Promise<'restore' | 'release' | null> {
  if (isSet(options, 'release')) return 'release';
  if (isSet(options, 'yes')) return isCommitted ? 'release' : 'restore';
  if (isCommitted) {
    if (!out.interactive) throw wrongUsage('Clear lock and record? Say so with --yes.');
    return /^y(es)?$/i.test(await ask('Clear lock and record? [y]es, [N]o: ', interrupted)) ? 'release' : null;
  }
  const what = look.subjects.length === 0 ? 'Give the lock up?' : 'Put everything back as it was?';
  if (!out.interactive)
    throw wrongUsage(`${what} Say so with --yes, or with --release to leave the world as it is and only clear lock and record.`);
  const answer = await ask(`${what} [y]es, [r]elease only and leave the world as it is, [N]o: `, interrupted);
  if (/^y(es)?$/i.test(answer)) return 'restore';
  return /^r(elease)?$/i.test(answer) ? 'release' : null;
}

function tellEnd({ out }: Context, { restored, left, epoch }: Repaired, choice: 'restore' | 'release', holder: Holder): void {
  const lines = [
    ...(choice === 'release' ? ['Lock and record are cleared; the world was left as it is.'] : []),
    ...restored.map(({ subject, note }) => `  ${subject}: ${note}`),
    ...left.flatMap(({ subject, reason, byHand }) => [`  LEFT ${subject}: ${reason}`, `    ${byHand}`]),
    ...(left.length > 0
      ? ['Not everything could be put back. Finish by hand with the commands above, then run "analytics-deploy repair" again.']
      : choice === 'restore'
        ? [`Put back: ${restored.length} of ${restored.length}. The lock is free (epoch ${epoch}).`]
        : []),
    ...(holder.kind === 'seen' && holder.situation.run.status === 'running'
      ? [
          `The deployment's workflow is still open; it writes nothing any more, and ends by itself once a worker can go on with it. To close it now: temporal workflow terminate --workflow-id ${holder.situation.run.workflowId}`,
        ]
      : []),
  ];
  out.say(...lines.flatMap((line) => wrap(plain(out.look, line), out.look.width)));
}
