import { randomBytes } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Cluster } from '../cluster/cluster';
import { endingOf } from '../http/server';
import { makeHandler } from './api/handler';
import { ControllerClient } from './controllers/client';
import { type Controllers, startControllers } from './controllers/start';
import { Faults } from './faults';
import { writeKubeconfig } from './kubeconfig';
import { Ledger } from './ledger';
import type { Access } from './resources/resource';
import { defineResources, type Resources } from './resources/table';
import { Registry } from './store/registry';
import { Store } from './store/store';
import { makeCertificates } from './tls';

export interface StandInOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Names of contexts in the kubeconfig besides `sandbox`. */
  readonly contexts?: readonly string[];
  /** Namespaces that are there from the start besides `default`. */
  readonly namespaces?: readonly string[];
  /** User by bearer token; default: one token, made up at the start, of the user `sandbox`. The first is the kubeconfig's. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** What callers may not do; default: they may do everything. */
  readonly denies?: (access: Access) => boolean;
}

/** A running stand-in of the Kubernetes API. */
export interface StandIn extends Cluster {
  addContext(name: string): void;
  readonly controllers: Pick<Controllers, 'pause' | 'resume'>;
  /** Forgets old changes: watches that go on from before get 410. */
  compact(): void;
}

/** How long an idle connection is kept, in milliseconds: longer than clients keep theirs, so that none is closed under a request. */
const keepAliveTimeout = 300_000;

/** Starts an API server with its controllers; scheduler and kubelet are clients of it. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const { port = 0, host = '127.0.0.1', namespaces = [], denies = () => false } = options;
  const tokens = options.tokens ?? { [randomBytes(24).toString('base64url')]: 'sandbox' };
  const token = Object.keys(tokens)[0];
  if (token === undefined) throw new Error('The stand-in was given no token. Leave `tokens` out to have one made.');
  const contexts = ['sandbox', ...(options.contexts ?? [])];

  const resources = defineResources(clusterAddresses());
  const store = new Store();
  const registry = new Registry(store, resources);
  const ledger = new Ledger();
  const faults = new Faults();
  createNamespaces(registry, resources, ['default', 'kube-system', ...namespaces]);
  const controllers = startControllers(new ControllerClient(registry, ledger, faults, resources), store);

  const { ca, cert, key } = await makeCertificates(host);
  const stopped = new AbortController();
  const users = new Map(Object.entries(tokens));
  const handler = makeHandler({ registry, resources: Object.values(resources), ledger, faults, users, denies, stopped: stopped.signal });
  const server = createServer({ key, cert, keepAliveTimeout }, handler);
  const end = endingOf(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const url = `https://${host}:${(server.address() as AddressInfo).port}`;

  return {
    url,
    ca,
    token,
    kubeconfig: (namespace) => writeKubeconfig({ url, ca, token, contexts, ...(namespace === undefined ? {} : { namespace }) }),
    addContext: (name) => {
      if (!contexts.includes(name)) contexts.push(name);
    },
    ledger: ledger.entries,
    faults,
    controllers,
    compact: () => {
      store.compact();
    },
    stop: async () => {
      stopped.abort();
      controllers.stop();
      await end();
    },
  };
}

function createNamespaces(registry: Registry, resources: Resources, names: readonly string[]): void {
  for (const name of new Set(names)) {
    const draft = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    registry.create(resources.namespaces, '', draft, { manager: 'sandbox', subresource: '', dryRun: false });
  }
}

/** Gives out the addresses 10.96.0.1, 10.96.0.2 … */
function clusterAddresses(): () => string {
  let given = 0;
  return () => {
    given += 1;
    return `10.96.${Math.floor(given / 250)}.${(given % 250) + 1}`;
  };
}
