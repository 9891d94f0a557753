import type { TargetPlace } from '../workflows/runbook/target';
import type { Attempt } from './activity';
import type { Running } from './ports/deployments';
import type { Kubernetes, Lease, Reference } from './ports/kubernetes';
import { safeWrite, written, type Intent } from './safe-write';
import { ownLabels } from './target-record';

/** The annotation that says where the holder runs, so that its end can be seen. */
const runAnnotation = 'analytics-deploy/run';

/** The reference of a target's lock. */
export function leaseReference({ cluster, namespace, name }: TargetPlace): Reference<'Lease'> {
  return { kind: 'Lease', cluster, namespace, name };
}

/** Where the holder runs; null where the lock does not say. */
export function runOf({ meta }: Lease): Running | null {
  try {
    const { namespace, workflowId, runId } = JSON.parse(meta.annotations?.[runAnnotation] ?? '{}') as Partial<Running>;
    if (namespace === undefined || workflowId === undefined) return null;
    return { namespace, workflowId, ...(runId === undefined ? {} : { runId }) };
  } catch {
    return null;
  }
}

interface Taking {
  readonly place: TargetPlace;
  /** Deployment, or the name of a repair. */
  readonly holder: string;
  /** The holder that was looked at and may be replaced; empty for nobody. */
  readonly instead: string;
  readonly running: Running | null;
  /** Epochs up to this one are over. */
  readonly above: number;
  readonly key: string;
  readonly acquiredAt: string;
}

/**
 * Makes `holder` the one who may write, in an epoch above all before. Whoever holds it already keeps its epoch.
 *
 * @throws Foreign where somebody else took it meanwhile.
 */
export async function takeLease(kubernetes: Kubernetes, taking: Taking, attempt: Attempt): Promise<number> {
  const { place, holder, instead, running, above, key, acquiredAt } = taking;
  // A repair runs nowhere: what the holder before it said of itself does not stay.
  const annotations = { [runAnnotation]: JSON.stringify(running ?? {}) };
  const next = (lease: Lease | null): number => Math.max(lease?.transitions ?? 0, above) + 1;
  const intent: Intent<'Lease'> = {
    ...common(place, key),
    stand: (lease) => (lease?.holder === holder ? 'there' : lease === null || lease.holder === instead ? 'from' : 'foreign'),
    mutate: (lease) =>
      lease === null
        ? { kind: 'create', content: { holder, transitions: next(lease), acquiredAt, annotations, labels: ownLabels } }
        : {
            kind: 'patch',
            annotations,
            operations: [
              { op: 'add', path: '/spec/holderIdentity', value: holder },
              { op: 'add', path: '/spec/leaseTransitions', value: next(lease) },
              { op: 'add', path: '/spec/acquireTime', value: acquiredAt },
            ],
          },
    expected: instead === '' ? 'no holder' : `held by ${instead}`,
  };
  const lease = written(await safeWrite(kubernetes, intent, attempt), intent.reference);
  return lease?.transitions ?? 0;
}

/** Gives the lock up; whose it is not does nothing. Says what was found where it was not held. */
export async function giveUpLease(
  kubernetes: Kubernetes,
  { place, holder, key }: Pick<Taking, 'place' | 'holder' | 'key'>,
  attempt: Attempt,
): Promise<string | null> {
  const reference = leaseReference(place);
  const before = await kubernetes.read(reference);
  if (before === null) return 'was gone already';
  if (before.holder !== holder) return before.holder === '' ? null : `is held by ${before.holder}`;
  const intent: Intent<'Lease'> = {
    ...common(place, key),
    stand: (lease) => (lease?.holder === holder ? 'from' : 'there'),
    mutate: () => ({ kind: 'patch', operations: [{ op: 'add', path: '/spec/holderIdentity', value: '' }] }),
    expected: `held by ${holder}`,
  };
  written(await safeWrite(kubernetes, intent, attempt), reference);
  return null;
}

function common(place: TargetPlace, key: string) {
  return {
    reference: leaseReference(place),
    key,
    found: (lease: Lease | null) => (lease === null ? 'nothing' : lease.holder === '' ? 'no holder' : `held by ${lease.holder}`),
    field: ['f:spec', 'f:holderIdentity'],
  };
}
