import { planDigest } from '../../spec';
import { defaultTaskQueues } from '../../workflows/messages';
import { standard, tailored } from '../../workflows/runbook/profiles';
import type { DeploymentRequest, TaskQueues } from '../../workflows/runbook/release';
import { isSet, textOf, type Context } from '../command';
import { whoIs } from '../identity';
import { mintDeploymentId } from '../ids';
import { wrongUsage } from '../problems';
import { readSpec, type ReadSpec } from './read-spec';

/** A version as git tags, image tags and labels can all carry it. */
const version = /^(?!.*\.\.)[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const commit = /^[0-9a-f]{7,64}$/;

/** What is asked for, with its id minted now. */
export function requestOf(context: Context, release: string, now: Date): { readonly request: DeploymentRequest; readonly read: ReadSpec } {
  const wanted = textOf(context.options, 'commit');
  if (!version.test(release))
    throw wrongUsage(
      `"${release}" is no version: letters, digits, single dots, dashes and underscores, at most 63, with a letter or digit at both ends. Example: --release v1.0.0`,
    );
  if (wanted !== undefined && !commit.test(wanted)) throw wrongUsage(`"${wanted}" is no commit: 7 to 64 hexadecimal digits.`);
  const read = readSpec(context);
  const asked = askedOf(context, read);
  return {
    read,
    request: {
      deploymentId: mintDeploymentId(read.spec, release, now),
      version: release,
      ...(wanted === undefined ? {} : { commit: wanted }),
      requester: whoIs(textOf(context.options, 'as'), context.env),
      // What is planned is the spec as it was asked for.
      planDigest: planDigest(tailored({ spec: read.spec, ...asked }).spec),
      spec: read.spec,
      searchAttributes: false,
      taskQueues: taskQueuesOf(context),
      ...asked,
    },
  };
}

type Asked = Pick<DeploymentRequest, 'takeOver' | 'profile' | 'emergency'>;

/** What is asked for beside the standard runbook; what the spec does not know is refused, and so is what needs a reason and has none. */
function askedOf({ options }: Pick<Context, 'options'>, { spec, file }: ReadSpec): Asked {
  const reason = textOf(options, 'reason')?.trim();
  const [takeOver, emergency] = [isSet(options, 'takeOver'), isSet(options, 'emergency')];
  if (reason !== undefined && !takeOver && !emergency)
    throw wrongUsage('--reason says why: give it together with --take-over or --emergency.');
  const why = (flag: string): string => {
    if (!reason) throw wrongUsage(`${flag} needs --reason "why": it is kept in the history.`);
    return reason;
  };
  if (emergency && !spec.windows)
    throw wrongUsage(`--emergency: ${file} names no windows, so that there is none to wait for. Leave it out.`);
  const profile = textOf(options, 'profile');
  const known = Object.keys(spec.profiles ?? {});
  if (profile !== undefined && profile !== standard && !known.includes(profile))
    throw wrongUsage(`"${profile}" is no profile of ${file}: it has ${[standard, ...known].join(', ')}.`);
  return {
    ...(takeOver ? { takeOver: why('--take-over') } : {}),
    ...(profile === undefined || profile === standard ? {} : { profile }),
    ...(emergency ? { emergency: { reason: why('--emergency') } } : {}),
  };
}

/** The queues that the options or the environment name, else the default ones. */
export function taskQueuesOf({ options, env }: Pick<Context, 'options' | 'env'>): TaskQueues {
  return {
    control: textOf(options, 'taskQueue') ?? env['ANALYTICS_DEPLOY_TASK_QUEUE'] ?? defaultTaskQueues.control,
    exec: textOf(options, 'execTaskQueue') ?? env['ANALYTICS_DEPLOY_EXEC_TASK_QUEUE'] ?? defaultTaskQueues.exec,
  };
}
