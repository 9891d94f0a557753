import { runWorker } from '../../worker/main';
import { readAddress } from '../../worker/server';
import { verify, type Verified } from '../../worker/verify';
import type { SecretReference } from '../../workflows/runbook/spec';
import { isSet, textOf, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { wrongUsage } from '../problems';
import { taskQueuesOf } from './request';

/** Runs a worker in this process until it is told to stop. A server that cannot be reached is told in our words before it begins. */
export async function worker(context: Context): Promise<number> {
  const { options } = context;
  const listen = textOf(options, 'listen');
  if (listen !== undefined) refuseWrongAddress(listen);
  const alertToken = alertTokenOf(context);
  const engine = await context.connect();
  await engine.version();
  const taskQueues = taskQueuesOf(context);
  if (isSet(options, 'verify')) return tellVerified(context, taskQueues.control, await verify(taskQueues.control));
  const role = textOf(options, 'role') ?? 'all';
  await runWorker({
    role: role as 'all' | 'control' | 'exec',
    taskQueues,
    ...(listen === undefined ? {} : { listen }),
    ...(alertToken ? { alertToken } : {}),
  });
  return exitCodes.ok;
}

/** Where the token is, never the token itself. */
function alertTokenOf({ options }: Pick<Context, 'options'>): SecretReference | undefined {
  const place = textOf(options, 'alertToken');
  if (place === undefined) return undefined;
  if (textOf(options, 'listen') === undefined) throw wrongUsage('--alert-token needs --listen: alerts are taken there.');
  if (!/^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/.+)$/.test(place)) throw wrongUsage('--alert-token names a place: env:NAME or file:/path.');
  return place as SecretReference;
}

function refuseWrongAddress(listen: string): void {
  try {
    readAddress(listen);
  } catch (error) {
    throw wrongUsage(error instanceof Error ? error.message : String(error));
  }
}

function tellVerified({ out }: Context, queue: string, verified: Verified): number {
  const { build, open, replayed, failed } = verified;
  out.say(
    `Build ${build}: ${replayed - failed.length} of ${replayed} replayed, ${open} deployments are open on "${queue}".`,
    ...failed.flatMap(({ workflowId, runId, neededBuild, reason }) => [
      `  ${workflowId} (run ${runId}) does not replay; it needs build ${neededBuild}`,
      `    ${reason}`,
    ]),
    ...(failed.length > 0 ? ['Keep workers of the needed build running until these have ended, or abort them first.'] : []),
  );
  out.data(verified);
  return failed.length === 0 ? exitCodes.ok : exitCodes.failure;
}
