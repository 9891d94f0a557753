import type { FlagsChange, FlagsState, Undo, UndoReceipt, Write } from '../workflows/runbook/contract';
import type { Attempt } from './activity';
import { failure } from './failures';
import { writeForward } from './forward';
import type { Ports } from './ports';
import type { ConfigMap, Reference } from './ports/kubernetes';
import { deploymentOf, epochOf, keyOf, safeWrite, written, type Intent } from './safe-write';
import { readRecord, recordReference } from './target-record';

/** The flags' ConfigMap (runbook, step 2.1): its name ends in the hash of its content, so that it is made once and never changed. */
export function flagsActivities({ kubernetes }: Ports) {
  /** An object that was not there could not be fenced off: one that was made after a repair, or after its own undo, is taken away again. */
  async function takeBackIfLate({ change, hold, entry }: Write<FlagsChange, FlagsState>, { meta }: ConfigMap): Promise<void> {
    if (!hold || !entry) return;
    const configMap = await kubernetes.read(recordReference(hold));
    const found = epochOf(configMap?.meta, hold);
    const isOnRecord = readRecord(configMap)?.entries.some(({ subject }) => subject === entry.subject) ?? false;
    if (found <= hold.epoch && isOnRecord) return;
    await kubernetes.remove(referenceOf(change), { uid: meta.uid, resourceVersion: meta.resourceVersion });
    throw failure(
      'TakenOver',
      `configmap ${change.namespace}/${change.name} came too late: the target is in epoch ${found}, held was ${hold.epoch}`,
      {
        remedy: 'It was taken away again; nothing more is written.',
      },
    );
  }

  return {
    async readFlags(change: FlagsChange): Promise<FlagsState> {
      const found = await kubernetes.read(referenceOf(change));
      return { existed: found !== null, uid: found?.meta.uid ?? null };
    },

    async createFlags(write: Write<FlagsChange, FlagsState>, attempt: Attempt): Promise<FlagsState> {
      const { change, key } = write;
      const intent: Intent<'ConfigMap'> = {
        ...common(change, key),
        stand: (found) => (found === null ? 'from' : isSame(found.data, change.data) ? 'there' : 'foreign'),
        mutate: () => ({ kind: 'create', content: { data: change.data, annotations: {}, immutable: true } }),
        expected: 'nothing, or the same flags',
      };
      const made = await writeForward(kubernetes, write, intent, attempt);
      if (made && isOurs(made, key)) await takeBackIfLate(write, made);
      return { existed: made !== null, uid: made?.meta.uid ?? null };
    },

    /** Deletes what this deployment made, exactly that object; what was there before, or is somebody else's, stays. */
    async removeFlags({ to, change, key, hold }: Undo<FlagsChange, FlagsState>, attempt: Attempt): Promise<UndoReceipt> {
      const before = await kubernetes.read(referenceOf(change));
      if (before === null) return { result: 'already-there' };
      if (to.existed) return { result: 'already-there', note: `${change.name} was there before` };
      const intent: Intent<'ConfigMap'> = {
        ...common(change, key),
        hold,
        stand: (found) => (found === null || found.meta.deleting ? 'there' : isOurs(found, key) ? 'from' : 'foreign'),
        mutate: () => ({ kind: 'delete' }),
        expected: 'a ConfigMap of this deployment',
      };
      const result = await safeWrite(kubernetes, intent, attempt);
      if (result.kind === 'foreign')
        return { result: 'left-to-others', note: `${change.name} was made by ${result.by}, not by this deployment` };
      written(result, intent.reference);
      return { result: 'restored' };
    },
  };
}

function isOurs({ meta }: ConfigMap, key: string): boolean {
  return deploymentOf(keyOf(meta) ?? '') === deploymentOf(key);
}

function referenceOf({ cluster, namespace, name }: FlagsChange): Reference<'ConfigMap'> {
  return { kind: 'ConfigMap', cluster, namespace, name };
}

function common(change: FlagsChange, key: string) {
  return {
    reference: referenceOf(change),
    key,
    field: ['f:data'],
    found: (configMap: ConfigMap | null) => (configMap === null ? 'nothing' : `other flags (${Object.keys(configMap.data).length} values)`),
  };
}

function isSame(a: FlagsChange['data'], b: FlagsChange['data']): boolean {
  return Object.keys({ ...a, ...b }).every((name) => a[name] === b[name]);
}
