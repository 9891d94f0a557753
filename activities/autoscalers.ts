import type { AutoscalerChange, AutoscalerState, Undo, UndoReceipt, Write } from '../workflows/runbook/contract';
import type { Attempt } from './activity';
import { failure } from './failures';
import { writeForward } from './forward';
import type { Ports } from './ports';
import type { Autoscaler, Reference } from './ports/kubernetes';
import { putBack } from './put-back';
import { label, type Intent } from './safe-write';

/** The least replicas of a HorizontalPodAutoscaler: read, set, put back. */
export function autoscalerActivities({ kubernetes }: Ports) {
  async function readExisting(change: AutoscalerChange): Promise<Autoscaler> {
    const reference = referenceOf(change);
    const found = await kubernetes.read(reference);
    if (found) return found;
    throw failure('NotFound', `${label(reference)} does not exist any more`, { remedy: 'See who deleted it, then retry.' });
  }

  return {
    async readAutoscaler(change: AutoscalerChange): Promise<AutoscalerState> {
      return stateOf(await readExisting(change));
    },

    async setAutoscaler(write: Write<AutoscalerChange, AutoscalerState>, attempt: Attempt): Promise<AutoscalerState> {
      const { change, from, key } = write;
      const intent: Intent<'HorizontalPodAutoscaler'> = {
        ...common(change, key, change.minimum),
        stand: (found) => {
          if (found === null || found.meta.uid !== from.uid) return 'foreign';
          return found.minimum === change.minimum ? 'there' : found.minimum === from.minimum ? 'from' : 'foreign';
        },
        expected: `at least ${from.minimum}`,
      };
      return stateOf((await writeForward(kubernetes, write, intent, attempt)) ?? (await readExisting(change)));
    },

    async restoreAutoscaler({ to, change, key, hold }: Undo<AutoscalerChange, AutoscalerState>, attempt: Attempt): Promise<UndoReceipt> {
      const isBack = (found: Autoscaler) => found.minimum === to.minimum;
      const intent: Intent<'HorizontalPodAutoscaler'> = {
        ...common(change, key, to.minimum),
        hold,
        stand: (found) => {
          if (found === null || found.meta.uid !== to.uid) return 'foreign';
          return isBack(found) ? 'there' : found.minimum === change.minimum ? 'from' : 'foreign';
        },
        expected: `at least ${to.minimum} or ${change.minimum}`,
      };
      const { wrote } = await putBack(kubernetes, intent, { isBack, remark: () => null }, attempt);
      return { result: wrote ? 'restored' : 'already-there' };
    },
  };
}

function referenceOf({ cluster, namespace, name }: AutoscalerChange): Reference<'HorizontalPodAutoscaler'> {
  return { kind: 'HorizontalPodAutoscaler', cluster, namespace, name };
}

function common(change: AutoscalerChange, key: string, minimum: number) {
  return {
    reference: referenceOf(change),
    key,
    field: ['f:spec', 'f:minReplicas'],
    found: (found: Autoscaler | null) => (found === null ? 'nothing' : `at least ${found.minimum}`),
    mutate: () => ({ kind: 'patch', operations: [{ op: 'add', path: '/spec/minReplicas', value: minimum }] }) as const,
  };
}

function stateOf({ meta, minimum }: Autoscaler): AutoscalerState {
  return { uid: meta.uid, resourceVersion: meta.resourceVersion, minimum };
}
