import type { IncomingMessage } from 'node:http';
import type { Asked } from '../kubernetes/faults';
import { type LedgerEntry, marksOf } from '../kubernetes/ledger';

/** What a request to the Kubernetes API asks for, as faults and ledger see it. */
export interface Asking extends Asked {
  readonly group: string;
  readonly isWrite: boolean;
}

const verbs = { POST: 'create', PUT: 'update', PATCH: 'patch' } as const;

/** Reads method and path; null for what names no resource: discovery, health, OpenAPI. */
export function readRequest({ method = 'GET', url = '/', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): Asking | null {
  const { pathname, searchParams } = new URL(url, 'https://cluster');
  const [root, ...parts] = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const [group, version, ...rest] = root === 'api' ? ['', ...parts] : parts;
  if ((root !== 'api' && root !== 'apis') || group === undefined || version === undefined || rest.length === 0) return null;
  const inside = rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize';
  const [resource = '', name = '', subresource = ''] = inside ? rest.slice(2) : rest;
  const verb = verbOf(method, name, searchParams.get('watch'));
  return {
    verb,
    group,
    resource,
    subresource,
    namespace: inside ? (rest[1] ?? '') : '',
    name,
    manager: searchParams.get('fieldManager') ?? (headers['user-agent'] ?? '').split('/')[0] ?? '',
    isWrite: method !== 'GET' && method !== 'HEAD' && searchParams.get('dryRun') === null,
  };
}

function verbOf(method: string, name: string, watch: string | null): string {
  if (method === 'DELETE') return name === '' ? 'deletecollection' : 'delete';
  if (method in verbs) return verbs[method as keyof typeof verbs];
  if (watch === 'true' || watch === '1') return 'watch';
  return name === '' ? 'list' : 'get';
}

interface Written {
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}
interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value: unknown;
}

/** The line of the ledger for a write that was answered; a write that asks for a version has changed something where the version is another. */
export function ledgerEntry(asking: Asking, body: string, code: number, answer: string): LedgerEntry {
  const { verb, group, resource, namespace, subresource, manager } = asking;
  const written = code < 300 ? parse<Written>(answer) : null;
  const tested = verb === 'patch' ? parse<readonly Operation[]>(body) : null;
  const before = Array.isArray(tested)
    ? (tested as readonly Operation[]).find(({ op, path }) => op === 'test' && path === '/metadata/resourceVersion')?.value
    : undefined;
  const resourceVersion = written?.metadata?.resourceVersion ?? '';
  return {
    at: new Date().toISOString(),
    verb: verb as LedgerEntry['verb'],
    group,
    kind: kinds[resource] ?? written?.kind ?? resource,
    resource,
    namespace,
    name: asking.name || (written?.metadata?.name ?? ''),
    subresource,
    manager,
    ...marksOf(written?.metadata?.annotations),
    code,
    changed: code > 0 && code < 300 && before !== resourceVersion,
    resourceVersion,
  };
}

/** A deletion is answered with a Status, which is not the kind that was deleted. */
const kinds: Readonly<Record<string, string>> = {
  configmaps: 'ConfigMap',
  deployments: 'Deployment',
  services: 'Service',
  httproutes: 'HTTPRoute',
  leases: 'Lease',
};

function parse<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}
