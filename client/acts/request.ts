import { defaultTaskQueues } from '../../workflows/messages';
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
  return {
    read,
    request: {
      deploymentId: mintDeploymentId(read.spec, release, now),
      version: release,
      ...(wanted === undefined ? {} : { commit: wanted }),
      requester: whoIs(textOf(context.options, 'as'), context.env),
      planDigest: read.planDigest,
      spec: read.spec,
      searchAttributes: false,
      taskQueues: taskQueuesOf(context),
      ...takeOverOf(context),
    },
  };
}

function takeOverOf({ options }: Pick<Context, 'options'>): Pick<DeploymentRequest, 'takeOver'> {
  const reason = textOf(options, 'reason')?.trim();
  if (!isSet(options, 'takeOver')) {
    if (reason !== undefined) throw wrongUsage('--reason says why a lock is taken over: give it together with --take-over.');
    return {};
  }
  if (!reason) throw wrongUsage('--take-over needs --reason "why": it is kept in the history.');
  return { takeOver: reason };
}

/** The queues that the options or the environment name, else the default ones. */
export function taskQueuesOf({ options, env }: Pick<Context, 'options' | 'env'>): TaskQueues {
  return {
    control: textOf(options, 'taskQueue') ?? env['ANALYTICS_DEPLOY_TASK_QUEUE'] ?? defaultTaskQueues.control,
    exec: textOf(options, 'execTaskQueue') ?? env['ANALYTICS_DEPLOY_EXEC_TASK_QUEUE'] ?? defaultTaskQueues.exec,
  };
}
