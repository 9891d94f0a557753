import type { ColourTarget, TrafficChange, TrafficState } from '../../workflows/runbook/contract';
import type { Attempt } from '../activity';
import { failure } from '../failures';
import { writeForward } from '../forward';
import type { Ports } from '../ports';
import type { Kind, Kinds, Operation, Reference } from '../ports/kubernetes';
import { putBack } from '../put-back';
import { isOwnWrite, isWrittenByUs, label, writerOf, type Intent } from '../safe-write';
import { awaitOldColour } from '../way-back';
import type { Mechanism } from './mechanism';
import { targetWeights, describeWeights } from './weights';

/** What is set or recorded, without identity. */
export type Split = Pick<TrafficState, 'weights' | 'raw' | 'patch'>;

/** An object that holds the weights of both colours. */
export interface Weighted<K extends Kind> {
  readonly kind: K;
  readonly name: (change: TrafficChange) => string;
  /** Path of the weights in managedFields. */
  readonly field: readonly string[];
  /** @throws Misconfigured where the object does not say one split for both colours. */
  read(object: Kinds[K], change: TrafficChange): Split;
  isAt(object: Kinds[K], change: TrafficChange, split: Split): boolean;
  sendsTo(object: Kinds[K], change: TrafficChange, side: ColourTarget): boolean;
  /** It sends traffic to one side alone, and has no weight left to move it away with. */
  isLeftAloneWith(object: Kinds[K], change: TrafficChange, side: ColourTarget): boolean;
  set(
    object: Kinds[K],
    change: TrafficChange,
    split: Split,
  ): { readonly operations: readonly Operation[]; readonly annotations?: Readonly<Record<string, string>> };
  describe(object: Kinds[K], change: TrafficChange): string;
  /** Why whoever serves the object does not take it; null where it does, or does not say. */
  refusal(object: Kinds[K]): string | null;
  /** False while what is said of it is about an earlier version. */
  isJudged(object: Kinds[K]): boolean;
}

const judgePoll = 100;

/** A mechanism by the weights of one object. */
export function weightedMechanism<K extends Kind>(ports: Ports, adapter: Weighted<K>): Mechanism {
  const { kubernetes, clock } = ports;
  const { kind, field } = adapter;

  const referenceOf = (change: TrafficChange): Reference<K> => {
    const { cluster, namespace } = change;
    return { kind, cluster, namespace, name: adapter.name(change) };
  };
  const found = (object: Kinds[K] | null, change: TrafficChange): string =>
    object === null ? 'nothing' : adapter.describe(object, change);

  async function readExisting(change: TrafficChange): Promise<Kinds[K]> {
    const reference = referenceOf(change);
    const object = await kubernetes.read(reference);
    if (object) return object;
    throw failure('NotFound', `${label(reference)} does not exist`, { remedy: 'Create it or correct production.traffic in the spec.' });
  }

  function stateOf(object: Kinds[K], change: TrafficChange): TrafficState {
    const { uid, resourceVersion } = object.meta;
    return { uid, resourceVersion, ...adapter.read(object, change) };
  }

  /** Whoever serves a refused object serves something else than what is written. Silence is no refusal: some say nothing at all. */
  function refuseUnaccepted(object: Kinds[K], change: TrafficChange): void {
    const refusal = adapter.refusal(object);
    if (refusal === null) return;
    throw failure('Invalid', `${label(referenceOf(change))} is not accepted by its gateway: ${refusal}`, {
      remedy: 'Look at the status of the route and its gateway.',
    });
  }

  /**
   * A gateway answers to a version a moment after it was written; one that does not within its time says nothing. Whoever stops the move meanwhile
   * is told that it has happened.
   */
  async function untilJudged(written: Kinds[K], change: TrafficChange, attempt: Attempt): Promise<Kinds[K]> {
    const until = clock.now() + change.propagation;
    let object = written;
    while (!adapter.isJudged(object) && clock.now() < until && !attempt.isStopRequested()) {
      await clock.sleep(judgePoll, attempt.signal).catch((error: unknown) => {
        if (!attempt.isStopRequested()) throw error;
      });
      object = await readExisting(change);
    }
    return object;
  }

  const common = (change: TrafficChange, key: string, split: Split) => ({
    reference: referenceOf(change),
    key,
    field,
    found: (object: Kinds[K] | null) => found(object, change),
    mutate: (object: Kinds[K] | null) =>
      ({ kind: 'patch', ...(object ? adapter.set(object, change, split) : { operations: [] }) }) as const,
  });

  return {
    async read(change) {
      return stateOf(await readExisting(change), change);
    },

    async set(write, attempt) {
      const { change, from, key } = write;
      const target: Split = { weights: targetWeights(change) };
      const intent: Intent<K> = {
        ...common(change, key, target),
        stand: (object) => {
          if (object === null || object.meta.uid !== from.uid) return 'foreign';
          if (adapter.isAt(object, change, target)) return 'there';
          // A step back also takes back what a move up, stopped half-way, has left without a word.
          const isKnown = adapter.isAt(object, change, from) || (change.retreats && isOwnWrite(object.meta, field, key));
          return isKnown ? 'from' : 'foreign';
        },
        expected: describeWeights(from.weights),
      };
      // What is refused already would swallow the weights.
      refuseUnaccepted(await readExisting(change), change);
      const written = (await writeForward(kubernetes, write, intent, attempt)) ?? (await readExisting(change));
      const object = await untilJudged(written, change, attempt);
      refuseUnaccepted(object, change);
      // What a restore needs was recorded once, before the first write.
      const { raw: _, patch: __, ...state } = stateOf(object, change);
      return state;
    },

    /** What sends no traffic to the candidate is left as others set it. */
    async restore({ to, change, key, urgent, hold }, attempt) {
      const isAlone = (object: Kinds[K]) => adapter.isLeftAloneWith(object, change, change.candidate);
      const isBack = (object: Kinds[K]) =>
        adapter.isAt(object, change, to) || (!adapter.sendsTo(object, change, change.candidate) && !isAlone(object));
      const before = await readExisting(change);
      if (!isBack(before) && !isAlone(before)) {
        const { cluster, namespace, live, capacity, minimumReady } = change;
        await awaitOldColour(ports, { cluster, namespace, live, capacity, minimumReady, urgent, key, hold }, attempt);
      }
      const intent: Intent<K> = {
        ...common(change, key, to),
        hold,
        stand: (object) => (object === null ? 'from' : isBack(object) ? 'there' : isAlone(object) ? 'foreign' : 'from'),
        expected: describeWeights(to.weights),
      };
      const remark = (object: Kinds[K]) =>
        isOurs(object, change) ? null : `overrode ${adapter.describe(object, change)} by ${writerOf(object.meta, field)}`;
      const { object, ...did } = await putBack(kubernetes, intent, { isBack, remark }, attempt);
      if (did.remark !== null) return { result: 'took-over', note: did.remark };
      if (did.wrote) return { result: 'restored' };
      if (!object || adapter.isAt(object, change, to)) return { result: 'already-there' };
      const note = `${adapter.describe(object, change)}, by ${writerOf(object.meta, field)}, sends no traffic to ${change.candidate.colour}`;
      return { result: 'left-to-others', note };
    },

    async drift(change) {
      const object = await kubernetes.read(referenceOf(change));
      const target: Split = { weights: targetWeights(change) };
      if (object !== null && adapter.isAt(object, change, target)) return null;
      const by = object === null ? '' : `, last written by ${writerOf(object.meta, field)}`;
      return `${object === null ? 'does not exist any more' : `holds ${adapter.describe(object, change)}${by}`}; expected ${describeWeights(target.weights)}`;
    },

    reaches: (change) => [referenceOf(change)],
  };

  /** Ours: what we last asked for, or another rung of the same ramp. */
  function isOurs(object: Kinds[K], change: TrafficChange): boolean {
    return adapter.isAt(object, change, { weights: targetWeights(change) }) || isWrittenByUs(object.meta, field);
  }
}
