/** Rung partial, while the ramp is under way: the candidate's share goes down, and people see whether that helps (runbook, partial rollback). */
import { moveTraffic, servedShare } from '../phase-2-production/traffic';
import type { Percent } from '../spec';
import type { Context, Runner } from '../step';

/** Down, watched, and then either everything back or on with the ramp from the share that it had. */
export async function partialRollback(runbook: Runner, context: Context, from: Percent): Promise<void> {
  const { partial } = context.request.spec.rollback;
  if (!partial) return;
  const { share, watch } = partial;
  await moveTraffic(runbook, 'rollback', context, share, { settle: 0, retreats: true });
  const title = `watch at ${share} %, after a partial rollback`;
  await runbook.watch({ kind: 'watch', id: 'rollback.partial-watch', title, window: watch, share: servedShare(context, share) }, context);
  await runbook.goOn({
    id: 'rollback.partial',
    title: 'after the partial rollback',
    reason: `the candidate has ${share} % again and its watch passed: retry goes on from ${from} %, rollback takes everything back`,
  });
  await moveTraffic(runbook, 'rollback', context, from);
}
