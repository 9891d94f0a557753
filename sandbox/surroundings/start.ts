import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { Spec } from '../../workflows/runbook/spec';
import type { StandingKind } from '../faults';
import { parts } from '../parts';
import { findPart, type Part } from '../parts/find';
import { allOf, Started } from '../world/stack';
import { startWatchingStandIn } from './prometheus';
import { startRealWatching } from './real-prometheus';
import { startRealRedis } from './real-redis';
import { startRedisStandIn } from './redis';
import { startTlsHost } from './tls-host';

/** What stands beside the service, and whether it is real. */
export interface Surroundings {
  readonly redis: string;
  readonly prometheus: string;
  readonly alertmanager: string;
  /** `localhost:PORT` */
  readonly tlsHost: string;
  /** File with the authority of that host's certificate. */
  readonly ca: string;
  /** Of each part: its title, or that the sandbox's own stands in for it. */
  readonly kinds: Readonly<Record<string, string>>;
  /** Is wrong in these ways from now on, and in no others. */
  follow(broken: ReadonlySet<StandingKind>): Promise<void>;
  stop(): Promise<void>;
}

export interface SurroundingsSettings {
  readonly spec: Spec;
  readonly dir: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** Real servers where this machine has them: it takes some seconds more. */
  readonly real: boolean;
}

const standIn = 'stand-in';

/** Starts Redis, Prometheus, Alertmanager and a host with a certificate, as the spec's checklist asks for them. */
export async function startSurroundings({ spec, dir, secrets, real }: SurroundingsSettings): Promise<Surroundings> {
  const { environment } = spec.checklist ?? {};
  const found = async (part: Part): Promise<string | null> => (real ? findPart(part, { fetches: false }).catch(() => null) : null);
  const [valkey, prometheus, alertmanager] = await Promise.all([found(parts.valkey), found(parts.prometheus), found(parts.alertmanager)]);
  await mkdir(dir, { recursive: true });
  const password = environment?.redis?.token === undefined ? undefined : secrets[environment.redis.token];
  const cache = {
    ...(password === undefined ? {} : { password }),
    cluster: environment?.redis?.cluster ?? false,
    policy: environment?.redis?.policies[0] ?? 'allkeys-lru',
  };
  const watching = {
    rules: environment?.alerts?.rules ?? [],
    alert: { alertname: 'SandboxAlert', severity: 'critical', service: spec.service },
  };
  const started = new Started();
  try {
    const [redis, watched, host] = await allOf([
      (valkey ? startRealRedis(cache, join(dir, 'redis'), valkey) : startRedisStandIn(cache)).then((it) =>
        started.keep(it, () => it.stop()),
      ),
      (prometheus && alertmanager ? startRealWatching(watching, dir, { prometheus, alertmanager }) : startWatchingStandIn(watching)).then(
        (it) => started.keep(it, () => it.stop()),
      ),
      startTlsHost(dir).then((it) => started.keep(it, () => it.stop())),
    ]);
    return {
      redis: redis.url,
      prometheus: watched.prometheus,
      alertmanager: watched.alertmanager,
      tlsHost: host.host,
      ca: host.ca,
      kinds: {
        redis: valkey ? parts.valkey.title : standIn,
        monitoring: prometheus && alertmanager ? `${parts.prometheus.title} and ${parts.alertmanager.title}` : standIn,
        grafana: standIn,
      },
      follow: async (broken) => {
        await Promise.all([redis, watched, host].map((each) => each.follow(broken)));
      },
      stop: () => started.stopAll(),
    };
  } catch (error) {
    await started.stopAll();
    throw error;
  }
}
