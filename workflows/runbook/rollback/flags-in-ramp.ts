/** Rung flags, while the candidate is watched: it alone gets the safe values, and the interrupted watch goes on (runbook, feature flag rollback). */
import type { Context, Runner } from '../step';
import { changeFlags } from './flags';

/** A new ConfigMap, and the candidate's pods with it; the live colour is not touched. */
export async function safeFlagsInRamp(runbook: Runner, context: Context): Promise<void> {
  const { safeFlags, live } = context.release;
  if (safeFlags) await changeFlags(runbook, context, safeFlags, live.replicas);
}
