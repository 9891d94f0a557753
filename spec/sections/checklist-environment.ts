import * as grammar from '../grammar';
import { choice, count, duration, flag, fraction, list, map, section, text } from '../scalars';
import { tokenName } from './token';

const authorities = () =>
  text(grammar.absoluteFile)
    .exactOptional()
    .describe("File where the worker runs, with authorities that are trusted besides the machine's.");

const redis = section({
  servers: list(text(grammar.redisUrl), 'servers', { least: 1, most: 50 }).describe(
    'Servers that must answer: redis://HOST:PORT, or rediss:// for TLS.',
  ),
  user: text(grammar.headerSafe).exactOptional().describe('User name, where it is not the default one.'),
  token: tokenName().exactOptional().describe('Name below tokens of the password.'),
  ca: authorities(),
  cluster: flag().prefault(false).describe('Whether the servers belong to a Redis cluster, which must be whole.'),
  within: duration({ least: 1 }).prefault('500ms').describe('How long the answer to a PING may take; a duration.'),
  memory: fraction().prefault(0.8).describe('Used memory must stay below this part of maxmemory; fraction of one.'),
  policies: list(
    choice([
      'allkeys-lru',
      'allkeys-lfu',
      'allkeys-random',
      'volatile-lru',
      'volatile-lfu',
      'volatile-random',
      'volatile-ttl',
      'noeviction',
    ]),
    'policies',
    { least: 1 },
  )
    .prefault(['allkeys-lru', 'allkeys-lfu', 'volatile-lru', 'volatile-lfu', 'volatile-ttl'])
    .describe('The values of maxmemory-policy that the service can live with.'),
});

const dashboards = section({
  url: text(grammar.baseUrl).describe('Base URL of Grafana.'),
  token: tokenName().exactOptional().describe('Name below tokens: sent as "Authorization: Bearer".'),
  uids: list(text(grammar.shortName), 'dashboards', { least: 1 }).describe('Dashboards that must exist and show something, by their uid.'),
});

const alerts = section({
  url: text(grammar.baseUrl).describe('Base URL of Prometheus.'),
  token: tokenName().exactOptional().describe('Name below tokens: sent as "Authorization: Bearer".'),
  rules: list(text(grammar.title), 'alert rules', { least: 1 }).describe('Alert rules that must be loaded and healthy, by name.'),
});

const flags = section({
  initial: map(grammar.variableName, text(grammar.lineOfText), 'flags to values').describe(
    'Values that live pods must read before the deployment begins, where they are not those of flags.values.',
  ),
});

const variables = section({
  required: list(text(grammar.variableName), 'variables')
    .prefault([])
    .describe("Variables that the candidate's pods must have, by value, ConfigMap or Secret."),
  fromSecrets: list(text(grammar.variableName), 'variables')
    .prefault([])
    .describe('Variables that a Secret brings: that it is named is looked at, that it is there is proved by the first pod that starts.'),
});

const certificates = section({
  hosts: list(text(grammar.hostAndPort), 'hosts')
    .prefault([])
    .describe(
      "Hosts besides those of the spec's addresses with TLS: name or name:port. Those of git, registry, CI and sinks are judged if they answer; one that does not is named. An incoming webhook of Slack is a secret, and its host is not looked at.",
    ),
  days: count(0, 3_650, 'a number of days').prefault(14).describe('How many days each certificate must still be valid.'),
  ca: authorities(),
});

export const environment = section({
  redis: redis.exactOptional().describe('Redis answers, has memory left, and evicts as it may; its cluster or replication is well.'),
  dashboards: dashboards.exactOptional().describe("Dashboards, by Grafana's HTTP API."),
  alerts: alerts.exactOptional().describe("Alert rules, by Prometheus' HTTP API."),
  flags: flags.exactOptional().describe('Initial values of flags, where the release changes some: those of flags.values without it.'),
  variables: variables.exactOptional().describe("Environment variables of the candidate's pods, and the ConfigMaps that they come from."),
  certificates: certificates.exactOptional().describe('Certificates of all hosts: for their names, trusted, and lasting.'),
});
