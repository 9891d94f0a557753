import type { Write } from '../workflows/runbook/contract';
import type { Attempt } from './activity';
import type { Kind, Kinds, Kubernetes } from './ports/kubernetes';
import { safeWrite, written, type Intent } from './safe-write';
import { remember } from './target-record';

/** Writes going forward: first on record in the cluster, then in the world. A record that cannot be written stops it. */
export async function writeForward<K extends Kind>(
  kubernetes: Kubernetes,
  { hold, entry, change, key, commits }: Write<unknown, unknown>,
  intent: Intent<K>,
  attempt: Attempt,
): Promise<Kinds[K] | null> {
  if (hold && entry) await remember(kubernetes, hold, key, { ...entry, change }, attempt, commits);
  return written(await safeWrite(kubernetes, { ...intent, hold }, attempt), intent.reference);
}
