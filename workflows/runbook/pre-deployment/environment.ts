/** Runbook, pre-deployment checklist: environment preparation. */
import type {
  AlertRulesReceipt,
  AlertRulesRequest,
  CertificatesReceipt,
  CertificatesRequest,
  DashboardsReceipt,
  DashboardsRequest,
  FlagsCheckReceipt,
  FlagsCheckRequest,
  RedisReceipt,
  RedisRequest,
  VariablesReceipt,
  VariablesRequest,
} from '../contract';
import type { CertificatesSpec, SecretReference, Spec } from '../spec';
import type { Check, ChecklistLine, Context } from '../step';
import { migrationLines } from './database';
import { hostsOf, othersOf } from './hosts';
import type { ChecklistLineId } from './ids';
import { line } from './line';

type LineCheck<In, Out> = Check<In, Out> & { readonly id: ChecklistLineId };

const redis: LineCheck<RedisRequest, RedisReceipt> = {
  kind: 'check',
  id: 'checklist.redis',
  title: 'Redis is ready',
  does: 'checkRedis',
  policy: 'probe',
  summary: ({ redis: { servers, memory } }) => `${servers.length} Redis: answers, memory below ${percent(memory)}, eviction`,
  takes: () => 1_000,
  ifItFails: 'ask',
  receipt: ({ took, memory, policies }) => `PING in ${took} ms · memory ${percent(memory)} · ${policies.join(', ')}`,
};

const dashboards: LineCheck<DashboardsRequest, DashboardsReceipt> = {
  kind: 'check',
  id: 'checklist.dashboards',
  title: 'dashboards exist',
  does: 'checkDashboards',
  policy: 'probe',
  summary: ({ dashboards: { uids } }) => `Grafana has ${uids.join(', ')}`,
  takes: () => 1_000,
  ifItFails: 'ask',
  receipt: ({ titles }) => titles.join(', '),
};

const alerts: LineCheck<AlertRulesRequest, AlertRulesReceipt> = {
  kind: 'check',
  id: 'checklist.alerts',
  title: 'alert rules are loaded and healthy',
  does: 'checkAlerts',
  policy: 'probe',
  summary: ({ alerts: { rules } }) => `Prometheus evaluates ${rules.join(', ')}`,
  takes: () => 1_000,
  ifItFails: 'ask',
  receipt: ({ required, loaded }) => `${required} of ${loaded} alert rules needed, all healthy`,
};

const flags: LineCheck<FlagsCheckRequest, FlagsCheckReceipt> = {
  kind: 'check',
  id: 'checklist.flags',
  title: 'flags at their initial values',
  does: 'checkFlags',
  policy: 'read',
  summary: ({ initial }) => `${Object.keys(initial).length} flags at their initial values`,
  takes: () => 1_000,
  ifItFails: 'ask',
  receipt: ({ flags: count, added }) => `${count} flags${added.length === 0 ? '' : ` · new: ${added.join(', ')}`}`,
};

const variables: LineCheck<VariablesRequest, VariablesReceipt> = {
  kind: 'check',
  id: 'checklist.variables',
  title: 'environment variables are there',
  does: 'checkVariables',
  policy: 'read',
  summary: ({ deployment, variables: { required, fromSecrets } }) => `${required.length + fromSecrets.length} variables of ${deployment}`,
  takes: () => 1_000,
  ifItFails: 'ask',
  receipt: ({ variables: count, configMaps, secrets }) =>
    `${count} variables · ${counted(configMaps, 'ConfigMap')}${secrets.length === 0 ? '' : ` · Secrets ${secrets.join(', ')}: proved by the first pod that starts`}`,
};

const certificates: LineCheck<CertificatesRequest, CertificatesReceipt> = {
  kind: 'check',
  id: 'checklist.certificates',
  title: 'certificates are valid',
  does: 'checkCertificates',
  policy: 'probe',
  summary: ({ hosts, others = [], least }) =>
    `${[...hosts, ...others.map(({ host, whose }) => `${host} (${whose})`)].join(', ')}: at least ${least} days`,
  takes: () => 1_000,
  ifItFails: 'ask',
  receipt: ({ hosts, days, unseen = [] }) =>
    [`${counted(hosts, 'host')}, the first ends in ${counted(days, 'day')}`, ...unseen.map((why) => `not looked at: ${why}`)].join(' · '),
};

/** The lines of environment preparation that the spec gives something to look at. */
export function environmentLines(context: Context): readonly ChecklistLine[] {
  return [...migrationLines(context), ...surroundingLines(context)];
}

function surroundingLines({ request: { spec }, release }: Context): readonly ChecklistLine[] {
  const environment = spec.checklist?.environment;
  if (!environment) return [];
  const { production, image } = spec;
  const place = { cluster: production.cluster, namespace: production.namespace };
  return [
    ...(environment.redis ? [line(redis, redisRequest(spec, environment.redis))] : []),
    ...(environment.dashboards ? [line(dashboards, { dashboards: environment.dashboards, ...tokenOf(spec, environment.dashboards) })] : []),
    ...(environment.alerts ? [line(alerts, { alerts: environment.alerts, ...tokenOf(spec, environment.alerts) })] : []),
    ...(spec.flags && release.flags
      ? [
          line(flags, {
            ...place,
            live: release.live.flagsConfigMap,
            initial: environment.flags?.initial ?? spec.flags.values,
            isDeclared: environment.flags !== undefined,
            next: { name: release.flags.configMap, data: release.flags.data },
          }),
        ]
      : []),
    ...(environment.variables
      ? [
          line(variables, {
            ...place,
            deployment: release.candidate.deployment,
            container: image.container,
            variables: environment.variables,
            ...(spec.flags && release.flags ? { flags: { prefix: spec.flags.configMap, data: release.flags.data } } : {}),
          }),
        ]
      : []),
    ...(environment.certificates ? [line(certificates, certificatesRequest(spec, environment.certificates))] : []),
  ];
}

function certificatesRequest(spec: Spec, { hosts: besides, days, ca }: CertificatesSpec): CertificatesRequest {
  const hosts = hostsOf(spec, besides);
  return { hosts, others: othersOf(spec, hosts), least: days, ...(ca === undefined ? {} : { ca }) };
}

/** What both looks at Redis ask. */
export function redisRequest(spec: Spec, redis: RedisRequest['redis']): RedisRequest {
  return { redis, ...tokenOf(spec, redis) };
}

/** The secret that a part of the spec names, where it names one. */
export function tokenOf({ tokens }: Spec, { token }: { readonly token?: string }): { readonly token?: SecretReference } {
  const reference = token === undefined ? undefined : tokens[token];
  return reference ? { token: reference } : {};
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}
