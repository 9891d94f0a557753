import type { Context } from '../command';
import { exitCodes } from '../exit-codes';
import { paint, plain, type Look } from '../screens/look';
import { clock } from '../screens/words';
import type { Run } from '../temporal/engine';

/** Lists what runs, from the server alone: deployments, and the follow-ups of those that have ended. */
export async function list({ out, connect }: Context): Promise<number> {
  const engine = await connect();
  const [open, followed] = await Promise.all([engine.open(), engine.openFollowUps()]);
  const now = Date.now();
  out.say(
    ...(open.length > 0 ? open.map((run) => deploymentLine(run, now)) : ['No deployment is running.']).map((line) => plain(out.look, line)),
    ...(followed.length > 0 ? ['', 'Looked after (analytics-deploy follow-up ID)'] : []),
    ...followed.map((run) => plain(out.look, followUpLine(out.look, run))),
  );
  out.data([
    ...open.map(({ workflowId, runId, memo, startedAt }) => ({ kind: 'deployment', ...memo, workflowId, runId, startedAt })),
    // A run of the follow-ups begins with each of their phases: when it began says nothing of them.
    ...followed.map(({ workflowId, runId, memo, told = {} }) => ({ kind: 'follow-ups', ...memo, workflowId, runId, ...told })),
  ]);
  return exitCodes.ok;
}

function deploymentLine({ workflowId, memo, startedAt }: Run, now: number): string {
  return `${memo.deploymentId ?? workflowId}   ${about(memo)}, by ${memo.requester ?? 'unknown'}, ${clock(now - startedAt)} gone`;
}

function followUpLine(look: Look, { workflowId, memo, told = {} }: Run): string {
  const failing = told.status === 'failing' ? paint(look, 'bad', ', the last look did not pass') : '';
  return `${memo.deploymentId ?? workflowId}   ${about(memo)}, ${told.phase ?? 'follow-ups'}${failing}`;
}

function about({ service = '', version = '', environment = '' }: Run['memo']): string {
  return `${service} ${version} → ${environment}`;
}
