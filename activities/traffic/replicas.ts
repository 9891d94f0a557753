import type { ColourTarget, TrafficChange, TrafficState, Undo, UndoReceipt } from '../../workflows/runbook/contract';
import { replicaSplit } from '../../workflows/runbook/replica-split';
import { leastReady, readyNeeded } from '../../workflows/runbook/rollback/least-ready';
import type { Attempt } from '../activity';
import { respectBudgets } from '../budgets';
import { failure } from '../failures';
import { writeForward } from '../forward';
import { proveHealthy, readyEndpoints } from '../health';
import type { Ports } from '../ports';
import type { Deployment, Reference } from '../ports/kubernetes';
import { putBack } from '../put-back';
import { isOwnWrite, label, writerOf, type Intent } from '../safe-write';
import { rolloutStatus } from '../rollout-status';
import { awaitOldColour } from '../way-back';
import type { Mechanism } from './mechanism';

const field = ['f:spec', 'f:replicas'];
const poll = 250;
/** How long the pods of one share may take, in milliseconds. */
const patience = 10 * 60_000;

/**
 * Shares by the number of pods behind one Service that selects both colours. The exception to "the old colour keeps its replicas": the candidate
 * is scaled up first, then the old colour down; on the way back the old colour comes up first, and then the candidate goes down.
 */
export function replicaRatio(ports: Ports): Mechanism {
  const { kubernetes, clock } = ports;

  const referenceOf = ({ cluster, namespace }: TrafficChange, { deployment }: ColourTarget): Reference<'Deployment'> => ({
    kind: 'Deployment',
    cluster,
    namespace,
    name: deployment,
  });
  async function readDeployment(change: TrafficChange, side: ColourTarget): Promise<Deployment> {
    const reference = referenceOf(change, side);
    const found = await kubernetes.read(reference);
    if (found) return found;
    throw failure('NotFound', `${label(reference)} does not exist`, { remedy: 'Create it or correct the spec, then retry.' });
  }
  async function read(change: TrafficChange): Promise<TrafficState> {
    const [candidate, live] = await Promise.all([readDeployment(change, change.candidate), readDeployment(change, change.live)]);
    const { uid, resourceVersion } = candidate.meta;
    const weights = { [change.candidate.colour]: candidate.replicas, [change.live.colour]: live.replicas };
    return { uid, resourceVersion, weights, raw: { liveUid: live.meta.uid } };
  }
  const intentFor = (
    change: TrafficChange,
    side: ColourTarget,
    key: string,
    replicas: number,
    from: readonly number[],
  ): Intent<'Deployment'> => ({
    reference: referenceOf(change, side),
    key,
    field,
    stand: (found) => {
      if (found === null) return 'foreign';
      if (found.replicas === replicas) return 'there';
      // A step back also takes back what a move up, stopped half-way, has left without a word.
      return from.includes(found.replicas) || (change.retreats && isOwnWrite(found.meta, field, key)) ? 'from' : 'foreign';
    },
    mutate: () => ({ kind: 'patch', operations: [{ op: 'add', path: '/spec/replicas', value: replicas }] }),
    found: (found) => (found === null ? 'nothing' : `${found.replicas} replicas`),
    expected: `${from.join(' or ')} replicas`,
  });
  /** The candidate's pods of this share, by the rules of a rollout: what blocks them is named at once. */
  async function untilReady(change: TrafficChange, needed: number, attempt: Attempt): Promise<void> {
    const { cluster, namespace, candidate, container, image } = change;
    const startedAt = clock.now();
    for (;;) {
      const deployment = await readDeployment(change, candidate);
      const status = rolloutStatus(deployment, await kubernetes.pods({ cluster, namespace }, deployment.selector), container, image);
      const ready = await readyEndpoints(ports, { cluster, namespace }, candidate.service);
      if ((status.kind === 'done' || change.returns) && ready >= needed) return;
      const waitingFor = status.kind === 'waiting' ? status.for : `${ready} of ${needed} ready endpoints of ${candidate.service}`;
      const why = status.kind === 'failed' ? status.reason : status.kind === 'foreign' ? `its template names ${status.found}` : null;
      if (why !== null || clock.now() - startedAt > patience) {
        throw failure('NotHealthy', `${candidate.colour} may not get more traffic: ${why ?? `still waiting for ${waitingFor}`}`, {
          remedy: 'No pod of the old colour was taken away. See why its pods are not ready, then retry or roll back.',
        });
      }
      attempt.heartbeat({ waitingFor });
      await clock.sleep(poll, attempt.signal);
    }
  }

  async function untilOldColourReady({ cluster, namespace, live }: TrafficChange, needed: number, attempt: Attempt): Promise<void> {
    for (;;) {
      const ready = await readyEndpoints(ports, { cluster, namespace }, live.service);
      if (ready >= needed) return;
      attempt.heartbeat({ waitingFor: `${ready} of ${needed} ready endpoints of ${live.service}` });
      await clock.sleep(poll, attempt.signal);
    }
  }

  async function restore({ to, change, key, urgent, hold }: Undo<TrafficChange, TrafficState>, attempt: Attempt): Promise<UndoReceipt> {
    const { candidate, live, cluster, namespace, capacity, minimumReady } = change;
    const [wasCandidate, wasLive] = [to.weights[candidate.colour] ?? 0, to.weights[live.colour] ?? 0];
    // One that is gone has no pods: it keeps nobody from bringing the old colour up.
    const before = await kubernetes.read(referenceOf(change, candidate));
    if ((before?.replicas ?? 0) > wasCandidate) {
      await awaitOldColour(
        ports,
        { cluster, namespace, live, capacity: Math.max(wasLive, capacity), minimumReady, urgent, key, hold },
        attempt,
      );
    }
    const isAt = (replicas: number) => (found: Deployment) => found.replicas === replicas;
    const put = (side: ColourTarget, replicas: number) =>
      putBack(
        kubernetes,
        { ...intentFor(change, side, key, replicas, []), stand: (found) => (found?.replicas === replicas ? 'there' : 'from'), hold },
        { isBack: isAt(replicas), remark: () => null },
        attempt,
      );
    // The old colour first: the candidate goes only once there is somebody to take its requests.
    const old = await put(live, wasLive);
    if (before === null) return { result: old.wrote ? 'restored' : 'already-there', note: `deployment ${candidate.deployment} is gone` };
    const done = await put(candidate, wasCandidate);
    return { result: old.wrote || done.wrote ? 'restored' : 'already-there' };
  }

  return {
    bringsUpPods: true,
    read,

    async set(write, attempt) {
      const { change, from, key } = write;
      const { candidate, live } = change;
      const split = replicaSplit(change.candidateShare, change.capacity);
      const known = (side: ColourTarget): readonly number[] => [from.weights[side.colour] ?? 0];
      if (change.retreats) {
        // A step back: the old colour first, and the candidate need prove nothing.
        await writeForward(kubernetes, write, intentFor(change, live, key, split.live, known(live)), attempt);
        await untilOldColourReady(change, leastReady({ ...change, capacity: split.live }), attempt);
        await writeForward(kubernetes, write, intentFor(change, candidate, key, split.candidate, known(candidate)), attempt);
        return read(change);
      }
      await writeForward(kubernetes, write, intentFor(change, candidate, key, split.candidate, known(candidate)), attempt);
      const needed = readyNeeded({ ...change, capacity: split.candidate });
      await untilReady(change, needed, attempt);
      const { cluster, namespace, settle, image, container } = change;
      await proveHealthy(ports, { cluster, namespace, colour: candidate, capacity: needed, image: { image, container }, settle }, attempt);
      await respectBudgets(kubernetes, { cluster, namespace }, await readDeployment(change, live), split.live);
      await writeForward(kubernetes, write, intentFor(change, live, key, split.live, known(live)), attempt);
      return read(change);
    },

    restore,

    async drift(change) {
      const split = replicaSplit(change.candidateShare, change.capacity);
      const wanted = [
        [change.candidate, split.candidate],
        [change.live, split.live],
      ] as const;
      for (const [side, replicas] of wanted) {
        const found = await readDeployment(change, side);
        if (found.replicas !== replicas) {
          return `${side.deployment} has ${found.replicas} replicas, last written by ${writerOf(found.meta, field)}; expected ${replicas}`;
        }
      }
      return null;
    },

    reaches: (change) => [referenceOf(change, change.candidate), referenceOf(change, change.live)],
  };
}
