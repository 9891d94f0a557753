import type { Endpoint } from '../app/surface';
import type { ClusterClient } from '../cluster/client';
import type { Pod } from '../cluster/objects';
import { listPath } from '../cluster/paths';
import { reflect } from '../cluster/reflector';
import type { Faults } from '../faults';
import type { MetricsPlan } from '../metrics/plan';
import { joinCluster } from './node';
import { livePod } from './pod-life';

/** What the fleet needs to know to run any service's pods. */
export interface FleetSettings {
  readonly service: string;
  /** The container that is the application; the first one where there is none of that name. */
  readonly container: string;
  readonly namespaces: readonly string[];
  /** Namespace of production. */
  readonly production: string;
  /** The pod label that holds the colour. */
  readonly colourKey: string;
  /** Base URL of the registry that images are pulled from. */
  readonly registry: string;
  readonly endpoints: readonly Endpoint[];
  readonly tokens: Readonly<Record<string, string>>;
  readonly plan: MetricsPlan;
  readonly faults: Faults;
  /** Says that the whole fleet goes down: pods are then stopped without ceremony. */
  readonly stopping: AbortSignal;
  /** Told about a pod whose life ended by an error of the API. */
  readonly notice: (message: string) => void;
}
export interface Fleet {
  /** Ends all pods' servers. Call it after `stopping` was aborted. */
  stop(): Promise<void>;
}

interface Life {
  readonly ended: Promise<void>;
  readonly deleted: AbortController;
}

/** Plays scheduler and kubelet: every pod of the namespaces becomes a real HTTP server. */
export async function startFleet(settings: FleetSettings, client: ClusterClient): Promise<Fleet> {
  await joinCluster(client);
  const lives = new Map<string, Life>();
  let addresses = 0;

  const born = (pod: Pod): void => {
    const id = pod.metadata.uid ?? pod.metadata.name;
    const known = lives.get(id);
    if (known && pod.metadata.deletionTimestamp !== undefined) known.deleted.abort();
    if (known || settings.stopping.aborted) return;
    addresses += 1;
    const podIP = `10.244.${Math.floor(addresses / 250)}.${(addresses % 250) + 1}`;
    const deleted = new AbortController();
    if (pod.metadata.deletionTimestamp !== undefined) deleted.abort();
    const ended = livePod(settings, client, pod, podIP, deleted.signal)
      .catch((error: unknown) => {
        if (!settings.stopping.aborted) settings.notice(`Pod ${pod.metadata.name}: ${String(error)}`);
      })
      .finally(() => lives.delete(id));
    lives.set(id, { ended, deleted });
  };
  const gone = (pod: Pod): void => lives.get(pod.metadata.uid ?? pod.metadata.name)?.deleted.abort();

  const reflectors = await Promise.all(
    settings.namespaces.map((namespace) => reflect<Pod>(client, listPath('pods', namespace), { changed: born, gone })),
  );
  return {
    stop: async () => {
      await Promise.all(reflectors.map((reflector) => reflector.stop()));
      const running = [...lives.values()];
      running.forEach(({ deleted }) => deleted.abort());
      await Promise.all(running.map(({ ended }) => ended));
    },
  };
}
