import type { Context } from '../command';
import { exitCodes } from '../exit-codes';
import { plain } from '../screens/look';
import { clock } from '../screens/words';

/** Lists what runs, from the server alone. */
export async function list({ out, connect }: Context): Promise<number> {
  const engine = await connect();
  const open = await engine.open();
  const now = Date.now();
  const rows = open.map(
    ({ workflowId, memo, startedAt }) =>
      `${memo.deploymentId ?? workflowId}   ${memo.service ?? ''} ${memo.version ?? ''} → ${memo.environment ?? ''}, by ${memo.requester ?? 'unknown'}, ${clock(now - startedAt)} gone`,
  );
  out.say(...(rows.length > 0 ? rows : ['No deployment is running.']).map((line) => plain(out.look, line)));
  out.data(open.map(({ workflowId, runId, memo, startedAt }) => ({ ...memo, workflowId, runId, startedAt })));
  return exitCodes.ok;
}
