import type { RecordReceipt, RecordRequest, ReleaseReceipt, ReleaseRequest, TakeReceipt, TakeRequest } from '../workflows/runbook/contract';
import { failureTypes } from '../workflows/runbook/failures';
import type { Attempt } from './activity';
import { failure, failureTypeOf } from './failures';
import { giveUpLease, leaseReference, runOf, takeLease } from './lease';
import type { Ports } from './ports';
import type { Lease } from './ports/kubernetes';
import { releasedNow } from './released';
import { epochOf, label } from './safe-write';
import { beginRecord, readRecord, recordReference, remember, unreadable, writeRecord } from './target-record';

/** The lock and the record of a target (a deployment's first and last word in production). */
export function targetActivities({ kubernetes, deployments, clock }: Ports) {
  /** Why the lock may be taken from its holder; null where nobody holds it. */
  async function mayTake(lease: Lease | null, request: TakeRequest): Promise<string | null> {
    if (lease === null || lease.holder === '' || lease.holder === request.deployment) return null;
    const running = runOf(lease);
    const state = running === null ? 'unknown' : await deployments.stateOf(running, lease.holder);
    if (state === 'closed') return `taken over from ${lease.holder}, which has ended without giving it up`;
    if (request.takeOver !== undefined) return `taken over from ${lease.holder}: ${request.takeOver}`;
    const where = running === null ? '' : ` (${running.workflowId} in namespace ${running.namespace})`;
    const [what, remedy] =
      state === 'open'
        ? ['is open', 'Wait for its end or abort it, then retry.']
        : [
            'cannot be seen from here',
            'Look at it where it runs. If it is over: "analytics-deploy repair", or start with --take-over --reason.',
          ];
    throw failure('Locked', `${label(leaseReference(request))} is held by ${lease.holder}${where}, which ${what}`, { remedy });
  }

  /** A Lease that was lost begins anew: the objects still know the epochs before. */
  async function epochsOf({ cluster, namespace, name, objects = [] }: TakeRequest): Promise<readonly number[]> {
    const found = await Promise.all(objects.map((object) => kubernetes.read({ ...object, cluster, namespace })));
    return found.map((object) => epochOf(object?.meta, { name }));
  }

  return {
    async recordChange({ hold, key, entry }: RecordRequest, attempt: Attempt): Promise<RecordReceipt> {
      await remember(kubernetes, hold, key, entry, attempt);
      return { epoch: hold.epoch };
    },

    async takeTarget(request: TakeRequest, attempt: Attempt): Promise<TakeReceipt> {
      const { cluster, namespace, name, deployment, entries, propagation } = request;
      const place = { cluster, namespace, name };
      const [lease, configMap] = await Promise.all([kubernetes.read(leaseReference(place)), kubernetes.read(recordReference(place))]);
      const note = await mayTake(lease, request);
      const record = readRecord(configMap);
      const problem = unreadable(configMap);
      if (problem !== null && request.takeOver === undefined) {
        throw failure('Locked', `The record ${label(recordReference(place))} ${problem}`, {
          remedy: `See what it says: kubectl -n ${namespace} get configmap ${name} -o yaml. Use the build that wrote it, or start with --take-over --reason to take the target as it is.`,
        });
      }
      const inProduction = (record?.entries ?? []).filter(({ production }) => production);
      // What was committed is the release that serves: there is nothing to put back.
      const isLeft = record !== null && record.deployment !== deployment && inProduction.length > 0 && record.committed === undefined;
      if (isLeft && request.takeOver === undefined) {
        throw failure('Locked', `${record.deployment} has left changed: ${inProduction.map(({ subject }) => subject).join(', ')}`, {
          remedy: 'Put it back with "analytics-deploy repair", then retry; or start with --take-over --reason to take it as it is.',
        });
      }
      const taking = {
        ...{ place, holder: deployment, instead: lease?.holder ?? '', running: deployments.own() },
        above: Math.max(epochOf(configMap?.meta, place), ...(await epochsOf(request))),
        key: `${deployment}/2.0.lock/forward`,
        acquiredAt: microTime(clock.now()),
      };
      const epoch = await takeLease(kubernetes, taking, attempt);
      // What was released before outlives the deployments.
      const known = record?.released === undefined ? {} : { released: record.released };
      await beginRecord(kubernetes, { ...place, epoch }, { version: 1, deployment, entries, propagation, ...known }, attempt);
      return note === null ? { epoch } : { epoch, note };
    },

    async releaseTarget(
      { cluster, namespace, name, deployment, left, releases }: ReleaseRequest,
      attempt: Attempt,
    ): Promise<ReleaseReceipt> {
      const place = { cluster, namespace, name };
      const lease = await kubernetes.read(leaseReference(place));
      const notes: (string | null)[] = [];
      if (lease?.holder === deployment) {
        const key = `${deployment}/record/undo`;
        const found = releases && (await releasedNow({ kubernetes, clock }, place, deployment, releases));
        if (found) notes.push(...found.notes);
        notes.push(
          await writeRecord(kubernetes, { ...place, epoch: lease.transitions }, key, attempt, (record) =>
            record.deployment === deployment
              ? {
                  ...record,
                  entries: record.entries.filter(({ subject }) => left.includes(subject)),
                  ...(found ? { released: found.remember(record.released ?? []) } : {}),
                }
              : null,
          ).then(() => null, unlessItMayPass),
        );
      }
      notes.push(await giveUpLease(kubernetes, { place, holder: deployment, key: `${deployment}/2.0.lock/undo` }, attempt));
      const said = notes.filter((note) => note !== null);
      return said.length === 0 ? {} : { note: said.join('; ') };
    },
  };
}

/** A record that is gone, or somebody else's, keeps nobody from giving the lock up. */
function unlessItMayPass(error: unknown): string {
  const type = failureTypeOf(error);
  if (type === null || failureTypes[type].retry) throw error;
  return error instanceof Error ? error.message : String(error);
}

/** The time of a Lease: microseconds. */
export function microTime(now: number): string {
  return new Date(now).toISOString().replace('Z', '000Z');
}
