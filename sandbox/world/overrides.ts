import type { ChecklistSpec, SecretReference, SinkSpec, Spec } from '../../workflows/runbook/spec';
import { findTools } from '../git/project';
import { type DatabaseOverrides, databaseOverrides, noDatabase, offWithout, pointDatabaseAt, type WorldDatabase } from './database';
import { leftOut } from './left-out';

/** Where everything of a running sandbox is. */
export interface Urls {
  readonly production: string;
  readonly inCluster: string;
  readonly staging: string;
  readonly monitoring: string;
  readonly registry: string;
  readonly git: string;
  readonly sink: string;
  /** The sink as Slack's Web API. */
  readonly slack: string;
  /** The sink as mail server. */
  readonly mail: { readonly host: string; readonly port: number };
  readonly control: string;
  readonly kubernetes: string;
  readonly redis: string;
  readonly prometheus: string;
  readonly alertmanager: string;
  /** `localhost:PORT`: a host that shows a certificate. */
  readonly tlsHost: string;
  /** File with the authority of that certificate. */
  readonly hostsCa: string;
}

/** The part of a spec that points it at the sandbox. Nothing about how to deploy is in it. */
export interface Overrides {
  readonly tag: { readonly remote: string; readonly ref: string };
  readonly image: { readonly registry: string };
  readonly staging: { readonly cluster: string; readonly url: string; readonly metricsUrl: string };
  readonly production: { readonly cluster: string; readonly url: string; readonly metricsUrl: string };
  readonly verification?: { readonly dashboard: string };
  readonly database?: DatabaseOverrides;
  readonly checklist?: ChecklistOverrides;
  readonly tokens: Readonly<Record<string, SecretReference>>;
  readonly sinks: readonly SinkSpec[];
  readonly off: Spec['off'];
}

/** Sections that the spec has, and nothing of them but addresses. */
interface ChecklistOverrides {
  readonly code?: Partial<Record<ToolLine, { readonly environment: { readonly TOOLS: string } }>>;
  readonly environment?: {
    readonly redis?: { readonly servers: readonly string[] };
    readonly dashboards?: { readonly url: string };
    readonly alerts?: { readonly url: string };
    readonly certificates?: { readonly hosts: readonly string[]; readonly ca: string };
  };
  readonly infrastructure?: { readonly monitoring?: { readonly prometheus: string; readonly alertmanager: string } };
}

/** The lines of the code that run a tool of ours: the sandbox's project has none installed. */
const toolLines = ['types', 'lint'] as const;
type ToolLine = (typeof toolLines)[number];

/** Points a spec's addresses at the sandbox; the paths of metrics and dashboard stay the spec's. A full run leaves nothing of the runbook out. */
export function overridesOf(
  spec: Spec,
  urls: Urls,
  cluster: string,
  tokens: Overrides['tokens'],
  full: boolean,
  service: WorldDatabase = noDatabase,
): Overrides {
  const { dashboard } = spec.verification;
  const database = databaseOverrides(spec, service.database);
  const sinks: readonly SinkSpec[] = spec.sinks.length > 0 ? spec.sinks : [{ kind: 'webhook', name: 'sandbox', url: urls.sink }];
  const pointed = sinks.map((sink) => sinkHere(sink, urls));
  return {
    tag: { remote: urls.git, ref: 'main' },
    image: { registry: urls.registry },
    staging: { cluster, url: urls.staging, metricsUrl: urls.staging + pathOfUrl(spec.staging.metricsUrl, '/metrics') },
    production: { cluster, url: urls.production, metricsUrl: urls.production + pathOfUrl(spec.production.metricsUrl, '/metrics') },
    ...(dashboard === undefined ? {} : { verification: { dashboard: urls.monitoring + pathOfUrl(dashboard, '/d/overview') } }),
    ...(database ? { database } : {}),
    ...(spec.checklist ? { checklist: checklistOf(spec.checklist, urls) } : {}),
    tokens,
    sinks: pointed,
    off: { ...(full ? {} : leftOut), ...offWithout(spec, service), ...spec.off },
  };
}

/** The sink of the sandbox takes every kind but files, which stay where the worker writes them. An incoming webhook's address is a secret, which the sandbox cannot give: a bot stands for it. */
function sinkHere(sink: SinkSpec, { sink: url, slack, mail }: Pick<Urls, 'sink' | 'slack' | 'mail'>): SinkSpec {
  switch (sink.kind) {
    case 'webhook':
      return { ...sink, url };
    case 'slack':
      return { kind: 'slack', name: sink.name, api: slack, channel: sink.channel ?? 'C0SANDBOX', token: sink.token ?? sink.hook ?? '' };
    case 'mail':
      return { ...sink, host: mail.host, port: mail.port, security: 'none' };
    case 'file':
      return sink;
  }
}

function checklistOf(spec: ChecklistSpec, urls: Urls): ChecklistOverrides {
  const { environment, infrastructure } = spec;
  const { redis, dashboards, alerts, certificates } = environment ?? {};
  return {
    ...toolsOf(spec),
    ...(environment
      ? {
          environment: {
            ...(redis ? { redis: { servers: [urls.redis] } } : {}),
            ...(dashboards ? { dashboards: { url: urls.monitoring } } : {}),
            ...(alerts ? { alerts: { url: urls.prometheus } } : {}),
            ...(certificates ? { certificates: { hosts: [urls.tlsHost], ca: urls.hostsCa } } : {}),
          },
        }
      : {}),
    ...(infrastructure?.monitoring
      ? { infrastructure: { monitoring: { prometheus: urls.prometheus, alertmanager: urls.alertmanager } } }
      : {}),
  };
}

/** The path of an address; what is said instead where it has none. */
export function pathOfUrl(url: string, instead: string): string {
  const { pathname } = URL.canParse(url) ? new URL(url) : { pathname: '/' };
  return pathname === '/' ? instead : pathname;
}

/** The spec as it is deployed in the sandbox. */
export const pointAt = (spec: Spec, overrides: Overrides): Spec => ({
  ...spec,
  tag: { ...spec.tag, ...overrides.tag },
  image: { ...spec.image, ...overrides.image },
  staging: { ...spec.staging, ...overrides.staging },
  production: { ...spec.production, ...overrides.production },
  verification: { ...spec.verification, ...overrides.verification },
  ...(spec.database && overrides.database ? { database: pointDatabaseAt(spec.database, overrides.database) } : {}),
  ...(spec.checklist ? { checklist: pointChecklistAt(spec.checklist, overrides.checklist ?? {}) } : {}),
  tokens: overrides.tokens,
  sinks: overrides.sinks,
  off: overrides.off,
});

export function pointChecklistAt(spec: ChecklistSpec, { code, environment: there, infrastructure }: ChecklistOverrides): ChecklistSpec {
  const { redis, dashboards, alerts, certificates } = spec.environment ?? {};
  const { monitoring } = spec.infrastructure ?? {};
  return {
    ...spec,
    ...(spec.code && code ? { code: { ...spec.code, ...toolsFor(spec.code, code) } } : {}),
    ...(spec.environment
      ? {
          environment: {
            ...spec.environment,
            ...(redis ? { redis: { ...redis, ...there?.redis } } : {}),
            ...(dashboards ? { dashboards: { ...dashboards, ...there?.dashboards } } : {}),
            ...(alerts ? { alerts: { ...alerts, ...there?.alerts } } : {}),
            ...(certificates ? { certificates: { ...certificates, ...there?.certificates } } : {}),
          },
        }
      : {}),
    ...(spec.infrastructure
      ? {
          infrastructure: {
            ...spec.infrastructure,
            ...(monitoring ? { monitoring: { ...monitoring, ...infrastructure?.monitoring } } : {}),
          },
        }
      : {}),
  };
}

function toolsFor(spec: NonNullable<ChecklistSpec['code']>, overrides: NonNullable<ChecklistOverrides['code']>) {
  const lines = toolLines.flatMap((line) => {
    const [command, there] = [spec[line], overrides[line]];
    return command && there ? [[line, { ...command, environment: { ...command.environment, ...there.environment } }] as const] : [];
  });
  return Object.fromEntries(lines);
}

/** Where the project's tools are, for the lines of the spec that need them. */
export function toolsOf({ code }: Pick<ChecklistSpec, 'code'>): Pick<ChecklistOverrides, 'code'> {
  const lines = toolLines.filter((line) => code?.[line]);
  return lines.length === 0 ? {} : { code: Object.fromEntries(lines.map((line) => [line, { environment: { TOOLS: findTools() } }])) };
}
