/** Runbook, pre-deployment checklist: infrastructure checks. */
import type {
  CommandReceipt,
  CommandRequest,
  MonitoringReceipt,
  MonitoringRequest,
  RedisClusterReceipt,
  RedisRequest,
  RoutingReceipt,
  RoutingRequest,
} from '../contract';
import type { Check, ChecklistLine, Context } from '../step';
import { backupLines } from './database';
import { redisRequest, tokenOf } from './environment';
import type { ChecklistLineId } from './ids';
import { line } from './line';

type LineCheck<In, Out> = Check<In, Out> & { readonly id: ChecklistLineId };

const redisCluster: LineCheck<RedisRequest, RedisClusterReceipt> = {
  kind: 'check',
  id: 'checklist.redis-cluster',
  title: 'Redis cluster is whole',
  does: 'checkRedisCluster',
  policy: 'probe',
  summary: ({ redis: { cluster } }) =>
    cluster ? 'all slots of the Redis cluster are served' : 'Redis is no cluster: its replication stands',
  takes: () => 1_000,
  ifItFails: 'ask',
  receipt: ({ slots, nodes, replicas }) =>
    slots === null
      ? `no cluster${replicas === null ? '' : ` · ${replicas} replicas`}`
      : `${slots} slots on ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`,
};

const routing: LineCheck<RoutingRequest, RoutingReceipt> = {
  kind: 'check',
  id: 'checklist.routing',
  title: 'load balancing is consistent',
  does: 'checkRouting',
  policy: 'read',
  summary: ({ production: { service, traffic } }) =>
    `Service ${service}, ${traffic.route ?? traffic.mechanism} and EndpointSlices say the same`,
  takes: () => 1_000,
  ifItFails: 'ask',
  receipt: ({ live, ready, backends }) => `${live} has all traffic · ${ready} ready endpoints · ${backends} backends`,
};

const cdn: LineCheck<CommandRequest, CommandReceipt> = {
  kind: 'check',
  id: 'checklist.cdn',
  title: 'cache invalidation is planned',
  does: 'runCommand',
  policy: 'execute',
  summary: ({ command }) => command.command.join(' '),
  takes: ({ command }) => command.timeout / 10,
  ifItFails: 'ask',
  receipt: ({ took }) => `passed in ${Math.round(took / 1000)} s`,
};

const monitoring: LineCheck<MonitoringRequest, MonitoringReceipt> = {
  kind: 'check',
  id: 'checklist.monitoring',
  title: 'monitoring is operational',
  does: 'checkMonitoring',
  policy: 'probe',
  summary: ({ monitoring: { alerts } }) => `Prometheus and Alertmanager ready, no active alert ${alerts.join(', ')}`,
  takes: () => 1_000,
  ifItFails: 'ask',
  receipt: ({ alertmanagers }) => `ready · ${alertmanagers} Alertmanager${alertmanagers === 1 ? '' : 's'} · no active alert`,
};

/** The lines of infrastructure that the spec gives something to look at. */
export function infrastructureLines(context: Context): readonly ChecklistLine[] {
  return [...backupLines(context), ...systemLines(context)];
}

function systemLines({ request: { spec }, release }: Context): readonly ChecklistLine[] {
  const { environment, infrastructure } = spec.checklist ?? {};
  const { production, image, staging, tag } = spec;
  const { cluster, namespace, service, selectorKey, traffic } = production;
  const on = { version: release.version, stagingUrl: staging.url, commit: release.commit, remote: tag.remote };
  return [
    ...(environment?.redis ? [line(redisCluster, redisRequest(spec, environment.redis))] : []),
    ...(infrastructure?.routing
      ? [
          line(routing, {
            production: { cluster, namespace, service, selectorKey, traffic },
            container: image.container,
            live: { ...target(release.live), replicas: release.live.replicas },
            candidate: target(release.candidate),
            ready: infrastructure.routing.ready,
          }),
        ]
      : []),
    ...(infrastructure?.cdn ? [line(cdn, { ...on, command: infrastructure.cdn })] : []),
    ...(infrastructure?.monitoring
      ? [line(monitoring, { monitoring: infrastructure.monitoring, ...tokenOf(spec, infrastructure.monitoring) })]
      : []),
  ];
}

/** No more of a colour than finds its objects: nothing of the rest is the activity's business. */
function target({ colour, service, deployment }: RoutingRequest['candidate']): RoutingRequest['candidate'] {
  return { colour, service, deployment };
}
