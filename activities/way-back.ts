import type { ColourTarget } from '../workflows/runbook/contract';
import { leastReady } from '../workflows/runbook/rollback/least-ready';
import type { Hold } from '../workflows/runbook/target';
import type { Attempt } from './activity';
import { readyEndpoints } from './health';
import type { Ports } from './ports';
import type { Deployment, Place } from './ports/kubernetes';
import { safeWrite, written } from './safe-write';

const poll = 250;

/** What the way back needs to know of the old colour. Nothing of the candidate: its readiness never holds traffic up. */
export interface WayBack extends Place {
  readonly live: ColourTarget;
  readonly capacity: number;
  /** Fraction of the capacity that is enough. */
  readonly minimumReady: number;
  /** A person asked: any ready endpoint is enough. */
  readonly urgent: boolean;
  readonly key: string;
  readonly hold?: Hold | undefined;
}

/**
 * Waits until the old colour can take traffic back: the minimum of ready endpoints, or one where a person asked or where none was ready at
 * first. An old colour that was scaled down is scaled up again. No settle time, no version equality. Keeps waiting: it asks nobody.
 */
export async function awaitOldColour(ports: Ports, back: WayBack, attempt: Attempt): Promise<void> {
  let required = back.urgent ? 1 : leastReady(back);
  for (let looks = 0; ; looks++) {
    const ready = await readyEndpoints(ports, back, back.live.service);
    if (ready === 0) required = 1;
    if (ready >= required) return;
    // Others may scale it down while we wait: looked at again every few seconds.
    if (looks % 20 === 0) await scaleUp(ports, back, attempt);
    attempt.heartbeat({ waitingFor: `${ready} of ${required} ready endpoints of ${back.live.service}` });
    await ports.clock.sleep(poll, attempt.signal);
  }
}

/** Raises the old colour to the replicas that it had; its template is never touched, so that no pod of it restarts. */
async function scaleUp({ kubernetes }: Ports, back: WayBack, attempt: Attempt): Promise<void> {
  const { cluster, namespace, live, capacity, key, hold } = back;
  const reference = { kind: 'Deployment', cluster, namespace, name: live.deployment } as const;
  const isEnough = (deployment: Deployment | null) => deployment === null || deployment.replicas >= capacity;
  if (isEnough(await kubernetes.read(reference))) return;
  const result = await safeWrite(
    kubernetes,
    {
      reference,
      key,
      hold,
      stand: (deployment) => (isEnough(deployment) ? 'there' : 'from'),
      // Whoever made it larger meanwhile is not taken back.
      mutate: (deployment) => ({
        kind: 'patch',
        operations: [{ op: 'add', path: '/spec/replicas', value: Math.max(capacity, deployment?.replicas ?? 0) }],
      }),
      found: (deployment) => `${deployment?.replicas ?? 0} replicas`,
      expected: `${capacity} replicas`,
      field: ['f:spec', 'f:replicas'],
    },
    attempt,
  );
  // Somebody who scales it down again does not end the wait; a right that is missing does.
  if (result.kind !== 'foreign') written(result, reference);
}
