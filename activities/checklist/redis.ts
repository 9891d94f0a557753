import type { RedisClusterReceipt, RedisReceipt, RedisRequest } from '../../workflows/runbook/contract';
import type { Attempt } from '../activity';
import type { Ports } from '../ports';
import type { RedisFacts } from '../ports/redis';
import { judgeEach } from './verdict';

/** Beyond what the spec allows an answer is waited for so long: to say how late it was. */
const patience = 5_000;
const slots = 16_384;

/** Redis before a deployment (runbook, pre-deployment checklist). */
export function redisActivities({ redis, secrets }: Ports) {
  /** Looks at every server of the spec. The password is resolved once, and goes nowhere else. */
  async function look(
    { redis: spec, token }: RedisRequest,
    { signal }: Attempt,
    problemsOf: (facts: RedisFacts, server: string) => readonly string[],
    remedy: string,
  ): Promise<readonly RedisFacts[]> {
    const password = token && (await secrets.resolve(token));
    const { user, ca, within } = spec;
    return judgeEach(
      spec.servers,
      (server) => redis.look({ server, user, password, ca, deadline: Math.min(within + patience, 20_000), signal }),
      (facts, server) => problemsOf(facts, server).map((problem) => `Redis at ${server} ${problem}`),
      remedy,
    );
  }

  return {
    /** Every server answers in time, has memory left, and evicts as it is allowed to. */
    async checkRedis(request: RedisRequest, attempt: Attempt): Promise<RedisReceipt> {
      const { within, memory, policies } = request.redis;
      const facts = await look(
        request,
        attempt,
        (found) => [...late(found, within), ...memoryProblems(found, memory, policies)],
        'Make room, or correct maxmemory and maxmemory-policy of the server, then retry.',
      );
      return {
        servers: facts.length,
        took: Math.round(Math.max(...facts.map(({ took }) => took))),
        memory: Math.max(...facts.map(({ info }) => Number(info['used_memory']) / Number(info['maxmemory']))),
        policies: [...new Set(facts.map(({ info }) => info['maxmemory_policy'] ?? ''))],
      };
    },

    /** Its cluster is whole, or where it is none its replication stands. */
    async checkRedisCluster(request: RedisRequest, attempt: Attempt): Promise<RedisClusterReceipt> {
      const facts = await look(
        request,
        attempt,
        (found) => healthProblems(found, request.redis.cluster),
        'See CLUSTER INFO and INFO replication of the server, mend it, then retry.',
      );
      const [first] = facts;
      return {
        slots: first?.cluster ? Number(first.cluster['cluster_slots_ok']) : null,
        nodes: first?.cluster ? Number(first.cluster['cluster_known_nodes']) : facts.length,
        replicas: !first?.cluster && first?.info['role'] === 'master' ? Number(first.info['connected_slaves']) : null,
      };
    },
  };
}

function late({ took }: RedisFacts, within: number): readonly string[] {
  return took <= within ? [] : [`answered a PING after ${Math.round(took)} ms, at most ${within} ms are allowed`];
}

/** Pure. A figure that is not told is no pass. */
export function memoryProblems({ info }: Pick<RedisFacts, 'info'>, below: number, policies: readonly string[]): readonly string[] {
  const [used, most, policy] = [numberOf(info['used_memory']), numberOf(info['maxmemory']), info['maxmemory_policy'] ?? ''];
  const memory =
    used === null || most === null
      ? ['does not tell its memory: INFO has no used_memory and maxmemory']
      : most === 0
        ? ['has no maxmemory: nothing keeps it from taking all memory of its machine']
        : used / most < below
          ? []
          : [`uses ${percent(used / most)} of its maxmemory, below ${percent(below)} is allowed`];
  const evicts = policies.includes(policy)
    ? []
    : [`has the maxmemory-policy ${policy || '(not told)'}, allowed are ${policies.join(', ')}`];
  return [...memory, ...evicts];
}

/** Pure. */
export function healthProblems({ info, cluster }: Pick<RedisFacts, 'info' | 'cluster'>, isDeclared: boolean): readonly string[] {
  const loading = info['loading'] === '0' ? [] : ['is still loading its data, or does not say'];
  if (cluster) return [...loading, ...clusterProblems(cluster)];
  if (isDeclared) return [...loading, 'belongs to no cluster, and the spec says that it does'];
  if (info['role'] === 'master') return loading;
  if (info['role'] !== 'slave') return [...loading, `does not tell its role: ${info['role'] ?? 'nothing'}`];
  return info['master_link_status'] === 'up'
    ? loading
    : [...loading, `is a replica whose link to its primary is ${info['master_link_status'] ?? 'not told'}`];
}

function clusterProblems(cluster: Readonly<Record<string, string>>): readonly string[] {
  const state = cluster['cluster_state'] ?? 'not told';
  const well = numberOf(cluster['cluster_slots_ok']);
  return [
    ...(state === 'ok' ? [] : [`says cluster_state ${state}`]),
    ...(well === slots ? [] : [`serves ${well ?? 'an unknown number'} of ${slots} slots of its cluster`]),
  ];
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}
function percent(fraction: number): string {
  return `${Math.round(fraction * 1_000) / 10} %`;
}
