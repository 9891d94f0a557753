import type { TrafficChange, TrafficState, Undo, UndoReceipt, Write } from '../../workflows/runbook/contract';
import { leastReady, readyNeeded } from '../../workflows/runbook/rollback/least-ready';
import type { TrafficMechanism } from '../../workflows/runbook/spec';
import type { Attempt } from '../activity';
import { proveHealthy, type Destination } from '../health';
import type { Ports } from '../ports';
import { httpRoute } from './httproute';
import { virtualService } from './istio';
import type { Mechanism } from './mechanism';
import { nginxCanary } from './nginx';
import { replicaRatio } from './replicas';

/** Every mechanism that sets shares; the Service selector alone is all or nothing and has activities of its own. */
const mechanisms: Readonly<Record<Exclude<TrafficMechanism, 'selector'>, (ports: Ports) => Mechanism>> = {
  httproute: httpRoute,
  istio: virtualService,
  nginx: nginxCanary,
  replicas: replicaRatio,
};

/** The mechanism that a change names. */
export function mechanismOf(ports: Ports, { mechanism }: Pick<TrafficChange, 'mechanism'>): Mechanism {
  return mechanisms[mechanism](ports);
}

/** Traffic by shares: read, move forward, put back. */
export function trafficActivities(ports: Ports) {
  return {
    async readTraffic(change: TrafficChange): Promise<TrafficState> {
      return mechanismOf(ports, change).read(change);
    },

    /** Forward, only to a healthy destination (runbook, steps 2.2 and 2.3). */
    async shiftTraffic(write: Write<TrafficChange, TrafficState>, attempt: Attempt): Promise<TrafficState> {
      const { change } = write;
      const mechanism = mechanismOf(ports, change);
      if (!mechanism.bringsUpPods) await proveHealthy(ports, destinationOf(change), attempt);
      return mechanism.set(write, attempt);
    },

    async restoreTraffic(undo: Undo<TrafficChange, TrafficState>, attempt: Attempt): Promise<UndoReceipt> {
      return mechanismOf(ports, undo.change).restore(undo, attempt);
    },
  };
}

/** Who must be able to take what comes: the candidate, and on a step back the live colour, with the least that a rollback asks of it. */
function destinationOf(change: TrafficChange): Destination {
  const { cluster, namespace, candidate, live, settle, retreats } = change;
  if (retreats) return { cluster, namespace, colour: live, capacity: leastReady(change), settle: 0 };
  return { cluster, namespace, colour: candidate, capacity: readyNeeded(change), image: change, settle };
}

/** What is found instead of the split that was asked for, and by whom; null where it is as asked. */
export function trafficDrift(ports: Ports, change: TrafficChange): Promise<string | null> {
  return mechanismOf(ports, change).drift(change);
}
