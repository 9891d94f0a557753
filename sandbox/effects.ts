import type { LedgerEntry } from './kubernetes';

/** What the tool changed in the cluster, oldest first: verb, object, idempotency key and epoch of every write that made a difference. */
export function effectsOf(ledger: readonly LedgerEntry[]): readonly string[] {
  return ledger
    .filter(({ manager, changed }) => manager === 'analytics-deploy' && changed)
    .map(
      ({ verb, kind, namespace, name, key, epoch }) =>
        `${verb} ${kind} ${namespace}/${name} ${key ?? ''}${epoch === undefined ? '' : ` in epoch ${epoch}`}`,
    );
}

/** Effects that happened again under the same key: there must be none, whatever was killed or lost on the way. */
export function doubled(effects: readonly string[]): readonly string[] {
  return effects.filter((effect, place) => effects.indexOf(effect) !== place);
}
