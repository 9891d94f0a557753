import type { z } from 'zod';
import type { Spec } from '../workflows/runbook/spec';
import { environment, infrastructureWith } from './checklist';
import * as grammar from './grammar';
import { choice, count, duration, flag, fraction, list, map, secret, section, share, text, union } from './scalars';
import { followUps, monitoring, success } from './schema-after';
import { counter } from './schema-counter';
import { gate } from './schema-gates';
import { estimates, profiles, windows } from './schema-windows';

/**
 * The spec as a file: every key with its meaning and unit, and the runbook's number where the runbook has one. Durations are
 * written `10m` and become milliseconds.
 */
const tokenName = () => text(grammar.shortName);

const rollout = section({
  deadline: duration({ least: 1 }).prefault('10m').describe('How long a rollout may take before the step fails; a duration.'),
})
  .prefault({})
  .describe('Rules of the rollout.');

const requestKeys = {
  name: text(grammar.title).describe('Name of the request in plan, screens and history; unique in its list.'),
  method: choice(['GET', 'HEAD', 'POST', 'PUT', 'DELETE']).prefault('GET').describe('HTTP method.'),
  path: text(grammar.httpPath).describe('Path and query, appended to the base URL.'),
  token: tokenName().exactOptional().describe('Name below tokens: sent as "Authorization: Bearer". Without it the request is anonymous.'),
};
const compared = section(requestKeys);
const request = section({
  ...requestKeys,
  expect: section({
    status: count(100, 599, 'an HTTP status').prefault(200).describe('HTTP status that the answer must have.'),
    json: map(grammar.jsonPath, choice(['string', 'number', 'boolean', 'array', 'object', 'null']), 'field paths to JSON types')
      .exactOptional()
      .describe('Fields that the JSON answer must have, by path with dots, and their types.'),
    within: duration({ least: 1 }).prefault('2s').describe('How long the answer may take; a duration.'),
  })
    .prefault({})
    .describe('What makes the answer right.'),
  after: count(0, 9, 'an order')
    .prefault(0)
    .describe('Requests with the same number run side by side; higher numbers wait for lower ones.'),
});

const rung = section({
  share: share().describe("The candidate's share of the traffic; percent."),
  watch: duration({ least: 1 }).prefault('10m').describe('How long this share is watched; a duration (runbook: 10m).'),
});

const tag = section({
  name: text(grammar.gitTagName).describe('Name of the annotated tag; {version} is replaced.'),
  message: text(grammar.tagMessage).prefault('Release {version}').describe('Message of the tag; {version} is replaced.'),
  remote: text(grammar.gitRemote).describe('Git remote that holds the commit and gets the tag: an https, ssh or file URL.'),
  ref: text(grammar.gitRef).prefault('main').describe('Branch or ref whose commit is released, unless start --commit names one.'),
  tagger: section({
    name: text(grammar.taggerName).prefault('analytics-deploy').describe('Name in the tag.'),
    email: text(grammar.email).prefault('analytics-deploy@example.com').describe('Address in the tag.'),
  })
    .prefault({})
    .describe('Fixed tagger: the same tag is the same object from every machine.'),
  push: flag().prefault(true).describe('Whether the tag is made and pushed; false writes nothing to git.'),
});

const image = section({
  repository: text(grammar.imageRepository).describe('Image without tag and digest, as the cluster pulls it.'),
  container: text(grammar.dnsLabel).describe('Container of the Deployments that runs the image.'),
  registry: text(grammar.baseUrl)
    .exactOptional()
    .describe("Base URL of the registry's API, where it is not https:// and the image's host."),
  token: tokenName().exactOptional().describe('Name below tokens for the registry.'),
  digest: text(grammar.imageDigest).exactOptional().describe('Digest of the image; without it the registry is asked once, by the version.'),
});

const staging = section({
  cluster: text(grammar.clusterName).prefault('current').describe('Kubeconfig context, "current" or "in-cluster".'),
  namespace: text(grammar.dnsLabel).describe('Namespace of the staging Deployment.'),
  deployment: text(grammar.dnsSubdomain).describe('The staging Deployment.'),
  url: text(grammar.baseUrl).describe("Base URL of staging's API, for smoke, load and integration tests."),
  metricsUrl: text(grammar.httpUrl).describe("Staging's metrics in the Prometheus text format."),
  rollout,
});

const production = section({
  cluster: text(grammar.clusterName).prefault('current').describe('Kubeconfig context, "current" or "in-cluster".'),
  namespace: text(grammar.dnsLabel).describe('Namespace of all production objects.'),
  service: text(grammar.dnsLabel).describe('Service that callers inside the cluster use; its selector names the live colour.'),
  selectorKey: text(grammar.labelKey).prefault('color').describe("Key of the Service's selector that holds the colour."),
  colours: map(
    grammar.dnsLabel,
    section({
      deployment: text(grammar.dnsSubdomain).describe('Deployment of this colour.'),
      service: text(grammar.dnsLabel).describe('Service of this colour alone: a backend of the route.'),
    }),
    'colours to their Deployment and Service',
  ).describe('The two colours; which one is live is found out, never written here.'),
  traffic: section({
    mechanism: choice(['httproute', 'istio', 'nginx', 'selector', 'replicas'])
      .prefault('httproute')
      .describe(
        'How shares of traffic are set: weights of a Gateway API HTTPRoute or an Istio VirtualService, canary annotations of ingress-nginx, the Service selector (all or nothing), or the number of pods.',
      ),
    route: text(grammar.dnsSubdomain)
      .exactOptional()
      .describe('Name of the HTTPRoute, the VirtualService, or the main Ingress; not with selector and replicas.'),
    canary: text(grammar.dnsSubdomain).exactOptional().describe('Name of the canary Ingress, with nginx alone.'),
    propagation: duration()
      .prefault('30s')
      .describe(
        'How long the gateway may take until it serves the weights that were written; a duration. Not measured before, not scaled down before.',
      ),
  }).describe('How traffic is shared between the colours.'),
  gitops: section({
    ignored: flag()
      .prefault(false)
      .describe(
        'True where the ignore rules of Argo CD or Flux leave alone what a deployment writes; without it a deployment does not begin.',
      ),
    source: section({
      remote: text(grammar.gitRemote).describe('Repository that the cluster is applied from.'),
      ref: text(grammar.gitRef).prefault('main').describe('Branch that is applied.'),
      path: text(grammar.relativeDirectory).describe('File that names the version.'),
    })
      .exactOptional()
      .describe('Where the released version is written down; the end report says when it still names the old one.'),
  })
    .exactOptional()
    .describe('For a cluster that Argo CD or Flux applies from a repository.'),
  url: text(grammar.baseUrl).describe("Base URL of production's API, for the verification."),
  metricsUrl: text(grammar.httpUrl).describe("Production's metrics in the Prometheus text format, with requests by colour."),
  rollout,
  settle: duration()
    .prefault('30s')
    .describe("How long the candidate's pods must have been ready before traffic moves to them; a duration."),
});

const load = section({
  duration: duration({ least: 1 }).prefault('10m').describe('How long load is put on staging; a duration (runbook: 10m).'),
  connections: count(1, 10_000, 'a number of connections').prefault(20).describe('Connections held open.'),
  rate: count(1, 1_000_000, 'a rate').prefault(100).describe('Requests per second over all connections.'),
  path: text(grammar.httpPath).describe('Path that is requested.'),
  token: tokenName().exactOptional().describe('Name below tokens.'),
  limits: section({
    p95: duration({ least: 1 }).prefault('500ms').describe('95 % of answers must be faster; a duration (runbook: 500ms).'),
    errors: fraction().prefault(0.01).describe('Errors must stay below this; fraction of one (runbook: 0.01, 1 %).'),
    cacheHits: section({
      hits: counter.describe('Counts cache hits.'),
      lookups: counter.describe('Counts cache lookups.'),
      above: fraction().prefault(0.7).describe('Hits among lookups must be above this; fraction of one (runbook: 0.7, 70 %).'),
    })
      .exactOptional()
      .describe("Cache hits during the load, by staging's counters."),
    minimumRequests: count(1, 1_000_000_000, 'a number of requests')
      .prefault(1000)
      .describe('Fewer requests prove nothing: the test fails.'),
  })
    .prefault({})
    .describe('What makes the load test pass.'),
});

const commandKeys = {
  command: list(text(grammar.argument), 'words', { least: 1 }).describe(
    'Program and arguments, run without a shell in a checkout of the released commit; {version} and {stagingUrl} are replaced.',
  ),
  directory: text(grammar.relativeDirectory).prefault('.').describe('Directory of the checkout in which it runs.'),
  environment: map(grammar.variableName, text(grammar.lineOfText), 'variables to values')
    .prefault({})
    .describe('Variables that the command gets; {version} and {stagingUrl} are replaced.'),
  timeout: duration({ least: 1 }).prefault('30m').describe('The command is stopped after this; a duration.'),
};
const integration = section(commandKeys);

const code = section({
  prepare: section(commandKeys)
    .exactOptional()
    .describe('Runs first in the checkout of each command, such as npm ci; each has a checkout of its own.'),
  types: section(commandKeys).exactOptional().describe('The types compile.'),
  tests: section(commandKeys).exactOptional().describe('The tests pass.'),
  coverage: section({
    ...commandKeys,
    summary: text(grammar.relativeDirectory)
      .prefault('coverage/coverage-summary.json')
      .describe('JSON summary that the command writes, below its directory: counts of statements and branches (json-summary).'),
    statements: fraction().prefault(0.8).describe('Statements that must be covered at least; fraction of one (runbook: 0.8, 80 %).'),
    branches: fraction().prefault(0.7).describe('Branches that must be covered at least; fraction of one (runbook: 0.7, 70 %).'),
  })
    .exactOptional()
    .describe('The tests cover enough.'),
  boundaries: section(commandKeys).exactOptional().describe("The architecture's boundaries hold."),
  lint: section(commandKeys).exactOptional().describe('Lint finds nothing.'),
  hooks: section(commandKeys).exactOptional().describe('The commit hooks pass on all files.'),
  ci: section({
    name: text(grammar.title).prefault('CI').describe('Name of the source in receipts.'),
    url: text(grammar.commitUrl).describe('Where the results of a commit are asked for; {commit} is replaced.'),
    token: tokenName().exactOptional().describe('Name below tokens: sent as "Authorization: Bearer".'),
    kind: choice(['check-runs', 'statuses', 'json'])
      .prefault('check-runs')
      .describe('How the answer is read: check runs or commit statuses as GitHub has them, or a field of any JSON.'),
    checks: map(grammar.shortName, text(grammar.title), 'lines to checks').describe(
      'Lines of the code (types, tests, coverage, boundaries, lint, hooks) to their check there: its name, its context, or the path of the field.',
    ),
    passes: text(grammar.title).prefault('success').describe('Value of the field that means passed, with json alone.'),
    wait: duration().prefault('10m').describe('How long a check that still runs is waited for; a duration.'),
  })
    .exactOptional()
    .describe('Where a CI has checked the commit already: lines that its result stands for, instead of a command here.'),
});
const checklist = section({
  code: code.exactOptional().describe("Code quality: commands on a clean checkout of the release's commit."),
  environment: environment.exactOptional().describe('Environment preparation: what the release needs around it.'),
  infrastructure: infrastructureWith(
    section(commandKeys)
      .exactOptional()
      .describe('The command that plans the invalidation of CDN and caches; without it people attest infrastructure.cdn.'),
  )
    .exactOptional()
    .describe('Infrastructure checks: what the release stands on.'),
});

const attestation = section({
  owner: text(grammar.shortName).describe('Role whose holders may attest it; they are told when it opens.'),
  within: duration({ least: 1 }).prefault('24h').describe('How long it is waited for; a duration.'),
  remind: list(fraction(), 'parts', { most: 5 }).prefault([0.5, 0.8]).describe('When its owners are reminded; fractions of within.'),
  onExpiry: choice(['rollback', 'waive'])
    .prefault('rollback')
    .describe(
      'What it means that nobody attests it in time: "rollback" ends the deployment, "waive" goes on, on record. Never an attestation; once traffic has moved it is rollback.',
    ),
});

const consistency = section({
  requests: list(compared, 'requests', { least: 1 }).describe(
    'Requests whose answers must have the same structure in staging and production.',
  ),
  productionToken: tokenName().exactOptional().describe("Name below tokens for production, where it is not the request's own."),
});

const words = (does: string) =>
  list(text(grammar.argument), 'words', { least: 1 }).describe(`${does} Program and arguments, run without a shell in the checkout.`);

const database = section({
  url: secret().describe('Connection URL with user and password, as env:NAME or file:/path: postgresql://user:password@host:port/name.'),
  scratch: secret()
    .exactOptional()
    .describe(
      "URL of any database on the server where scratch databases are made, where it is not the database's own; env:NAME or file:/path.",
    ),
  tools: text(grammar.absoluteFolder)
    .exactOptional()
    .describe("Folder of pg_dump and pg_restore, of the server's major version; without it they are found on PATH."),
  backup: section({
    folder: text(grammar.absoluteFolder)
      .exactOptional()
      .describe('Folder of the dumps, which every exec worker sees; not with a snapshot.'),
    keep: count(1, 1000, 'a number of dumps').prefault(5).describe('Dumps that are kept, the newest; older ones are deleted.'),
    deadline: duration({ least: 1 })
      .prefault('1h')
      .describe('How long dump, restore into a scratch database, and comparison may take together; a duration.'),
    snapshot: section({
      name: text(grammar.title).describe('Name of the snapshot: {snapshot} in its proof.'),
      newerThan: duration({ least: 1 }).prefault('24h').describe('How old it may be; a duration.'),
      proof: section({
        command: words(
          'Ends with code 0 where the snapshot is good, and prints the ISO time at which it was taken as its last line; {snapshot} and {version} are replaced.',
        ),
        directory: text(grammar.relativeDirectory).prefault('.').describe('Directory of the checkout in which it runs.'),
        environment: map(grammar.variableName, text(grammar.lineOfText), 'variables to values')
          .prefault({})
          .describe('Variables that the command gets; {snapshot} and {version} are replaced.'),
        timeout: duration({ least: 1 }).prefault('5m').describe('The command is stopped after this; a duration.'),
      }).describe('The command that proves it.'),
    })
      .exactOptional()
      .describe('A managed snapshot of the provider, instead of a dump.'),
  })
    .exactOptional()
    .describe('The backup before a deployment, verified by restoring it.'),
  migrations: section({
    list: words('Prints a line for each migration, oldest first: "applied NAME" or "pending NAME".'),
    up: words('Applies all migrations that are pending.'),
    down: list(text(grammar.argument), 'words', { least: 1 })
      .exactOptional()
      .describe('Takes the newest {steps} migrations back. Program and arguments, run without a shell in the checkout.'),
    directory: text(grammar.relativeDirectory).prefault('.').describe('Directory of the checkout in which the commands run.'),
    environment: map(grammar.variableName, text(grammar.lineOfText), 'variables to values')
      .prefault({})
      .describe(
        'Variables that the commands get, beside the connection as PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE; {version} is replaced.',
      ),
    timeout: duration({ least: 1 }).prefault('15m').describe('A command is stopped after this; a duration.'),
    variable: text(grammar.variableName).prefault('DATABASE_URL').describe('Variable in which the commands find the connection URL.'),
    table: text(grammar.tableName).prefault('schema_migrations').describe('Table in which applied migrations are noted.'),
    kind: choice(['expand', 'contract'])
      .prefault('expand')
      .describe('"expand": the code of before works with the new schema; "contract": it does not, and a gate of its own opens.'),
    reversible: flag()
      .prefault(false)
      .describe('True where "down" may be run while the service runs: it is then the undo. Otherwise a gate of its own opens.'),
  })
    .exactOptional()
    .describe('Migrations of the release (step 2.0m).'),
  restore: section({
    deadline: duration({ least: 1 })
      .prefault('30m')
      .describe('How long a restore may wait for locks and work before it is stopped, and changes nothing; a duration.'),
  })
    .prefault({})
    .describe('Rules of a restore.'),
});

const flags = section({
  configMap: text(grammar.configMapPrefix).describe("Beginning of the ConfigMap's name; the content's hash follows it."),
  values: map(grammar.variableName, text(grammar.lineOfText), 'flags to values').describe('The flags, as variables of the application.'),
  rollout: section({
    name: text(grammar.variableName).describe('Variable that holds the percentage.'),
    percentage: share().prefault(10).describe('Percentage that the application itself reads; the ramp does not raise it (runbook: 10).'),
  })
    .exactOptional()
    .describe('The rollout percentage that the application reads.'),
});

const ramp = section({
  initial: section({
    share: share().prefault(10).describe("The candidate's first share of the traffic; percent (runbook: 10)."),
    watch: duration({ least: 1 }).prefault('5m').describe('How long it is watched; a duration (runbook: 5m).'),
  })
    .prefault({})
    .describe('Step 2.2: the first share.'),
  steps: list(rung, 'shares', { least: 1, most: 50 })
    .prefault([{ share: 20 }, { share: 50 }, { share: 80 }, { share: 100 }])
    .describe('Step 2.3: the shares that follow, rising, the last one 100 (runbook: 20, 50, 80, 100).'),
  selectorWatch: duration({ least: 1 }).prefault('2m').describe('How long it is watched after the Service selector has moved; a duration.'),
  soak: duration().prefault('1h').describe('How long the old colour then stays warm, at the replicas that it had; a duration.'),
});

const watching = section({
  every: duration({ least: 1 }).prefault('10s').describe('Time between two samples; a duration.'),
  extendAtMost: duration()
    .prefault('10m')
    .describe('How far an inconclusive watch is extended in all before a person is asked; a duration.'),
  requests: counter.describe(
    'Counts the requests of the gateway by colour, for the split actually served: callers inside the cluster and probes would shift it.',
  ),
});

const signal = section({
  id: text(grammar.shortName).describe('Short unique name.'),
  title: text(grammar.title).describe('Name on screens and in reports.'),
  part: counter.describe('Counts the events that are judged.'),
  among: counter.describe('Counts all events.'),
  direction: choice(['below', 'above']).describe('"below": the part must stay below the limit (errors); "above": above it (cache hits).'),
  limit: fraction().describe('Limit of part among all; fraction of one.'),
  minimum: count(1, 1_000_000_000, 'a number of events')
    .prefault(100)
    .describe('Events among which the part is counted, below which nothing is judged.'),
  absence: choice(['inconclusive', 'zero'])
    .prefault('inconclusive')
    .describe('What it means that the part has no series while the whole has: nothing is known, or there were none.'),
  quantile: section({
    histogram: text(grammar.metricName).describe('Name of the histogram, without _bucket.'),
    labels: map(grammar.labelName, text(grammar.labelMatch), 'label names to values')
      .prefault({})
      .describe('Labels that select its series.'),
    q: fraction().prefault(0.95).describe('Which quantile; fraction of one.'),
  })
    .exactOptional()
    .describe('A quantile that is shown beside the share, for people; it judges nothing.'),
});

const verification = section({
  requests: list(request, 'requests').prefault([]).describe('Requests to production that must be answered.'),
  families: list(text(grammar.metricName), 'prefixes of metric names')
    .prefault([])
    .describe('Prefixes of metric families that must be present and moving.'),
  dashboard: text(grammar.httpUrl).exactOptional().describe('Dashboard that must answer.'),
});

const rollback = section({
  minimumReady: fraction()
    .prefault(0.5)
    .describe(
      "Part of the old colour's replicas that must be ready before traffic returns to it without a person's word; fraction of one.",
    ),
  health: text(grammar.httpPath)
    .exactOptional()
    .describe('Path that tells that the service is well, asked at the end of a rollback; without it /health (runbook).'),
  partial: section({
    share: share().prefault(20).describe("The candidate's share after it; percent (runbook: 20)."),
    watch: duration({ least: 1 }).prefault('5m').describe('How long that is watched; a duration (runbook: 5m).'),
  })
    .exactOptional()
    .describe('Rung partial: part of the traffic back while the ramp is under way. Without it the rung is refused.'),
  flags: section({
    values: map(grammar.variableName, text(grammar.lineOfText), 'flags to their safe values').describe(
      'Values that are safe, set over the others.',
    ),
    watch: duration().prefault('5m').describe('How long the live colour is watched with them after the commit point; a duration.'),
    gate: gate.exactOptional().describe('Who decides that the live colour restarts with them; without it as before production.'),
  })
    .exactOptional()
    .describe('Rung flags: feature flags to their safe values. Without it the rung is refused.'),
  system: section({
    requests: list(request, 'requests').exactOptional().describe('Requests to production afterwards; without them the smoke tests.'),
  })
    .exactOptional()
    .describe('Rung system: the previous version deployed again.'),
  database: section({ gate: gate.describe('Who decides on it, at least two people, who see how much would be lost.') })
    .exactOptional()
    .describe('Rung database: the verified backup, or reverse migrations. Without it the rung is refused.'),
});

const attention = section({
  deadline: duration({ least: 1 })
    .prefault('30m')
    .describe('How long a step waits for a decision before the deployment rolls back; a duration.'),
  undoDeadline: duration({ least: 1 })
    .prefault('30m')
    .describe('How long an undo waits for a decision before it is listed as left; a duration.'),
  pauseDeadline: duration({ least: 1 })
    .exactOptional()
    .describe('How long a pause may last before the deployment rolls back; a duration, 24h where it is absent.'),
});

const sinkName = () => text(grammar.shortName).describe('Name in reports, and below announcements and contacts.');
const sink = union('kind', [
  section({
    // The kind of a sink that names none: there was no other.
    kind: choice(['webhook'])
      .optional()
      .transform((kind) => kind ?? 'webhook')
      .describe('A JSON post; repeats have the same Idempotency-Key.'),
    name: sinkName(),
    url: text(grammar.httpUrl).describe('Where notices are posted.'),
    token: tokenName().exactOptional().describe('Name below tokens: sent as "Authorization: Bearer".'),
  }),
  section({
    kind: choice(['slack']).describe('A bot that posts into a channel, one thread per deployment; or an incoming webhook.'),
    name: sinkName(),
    channel: text(grammar.headerSafe).exactOptional().describe("The channel's id, such as C0123ABCD, for a bot."),
    token: tokenName().exactOptional().describe('Name below tokens of the bot token, whose app has the scope chat:write.'),
    hook: tokenName().exactOptional().describe("Name below tokens of an incoming webhook's address, instead of channel and token."),
    api: text(grammar.baseUrl).prefault('https://slack.com/api').describe("Base URL of Slack's Web API."),
  }),
  section({
    kind: choice(['mail']).describe('E-mail by SMTP.'),
    name: sinkName(),
    host: text(grammar.dnsSubdomain).describe('The mail server.'),
    port: count(1, 65_535, 'a port').prefault(587).describe('Its port.'),
    security: choice(['starttls', 'tls', 'none'])
      .prefault('starttls')
      .describe('"starttls": nothing is sent without it; "tls": from the first byte; "none": in the clear.'),
    user: text(grammar.headerSafe).exactOptional().describe('Who logs in; without it nobody does.'),
    token: tokenName().exactOptional().describe('Name below tokens of the password.'),
    from: text(grammar.email).describe('Address of the sender.'),
    to: list(text(grammar.email), 'addresses', { least: 1, most: 50 }).describe('Addresses of the recipients.'),
  }),
  section({
    kind: choice(['file']).describe("JSON lines in a file of the worker's machine."),
    name: sinkName(),
    path: text(grammar.relativeFile).describe('The file, below the folder that ANALYTICS_DEPLOY_NOTICES names for the worker.'),
  }),
]);
const sinkNames = () => list(text(grammar.shortName), 'names of sinks', { most: 20 }).exactOptional();
const announcements = section({
  prefix: text(grammar.lineOfText).prefault('').describe('Begins every subject, such as "[analytics] ".'),
  sinks: section({
    announcement: sinkNames().describe('Sinks of the announcement that a deployment begins, and when; all where it is absent.'),
    status: sinkNames().describe('Sinks of the status after each phase.'),
    issue: sinkNames().describe('Sinks of the message that a watch has failed, or a step needs attention.'),
    rollback: sinkNames().describe('Sinks of the message that everything was put back, or could not be.'),
    success: sinkNames().describe('Sinks of the message that the new version is live and verified.'),
    gate: sinkNames().describe('Sinks of what waits for approval.'),
    attestation: sinkNames().describe('Sinks of what people are asked to attest.'),
    escalation: sinkNames().describe('Sinks of calls for contacts that name none of their own.'),
    digest: sinkNames().describe('Sinks of what is summed up after the deployment.'),
  })
    .prefault({})
    .describe('Names below sinks by kind of message: a kind that is absent goes to all, one with an empty list to none.'),
  impact: text(grammar.reason)
    .prefault('minimal: traffic moves to the new version step by step')
    .describe('What readers will notice of the deployment; one line.'),
  expect: list(text(grammar.reason), 'lines', { most: 20 }).prefault([]).describe('What is new for readers, a line each.'),
  reportTo: text(grammar.reason).prefault('the people who sent this').describe('Where readers report what goes wrong; one line.'),
  signature: text(grammar.reason).prefault('the deployment team').describe('Who writes; one line.'),
});

const contact = (after: string) =>
  section({
    name: text(grammar.title).describe('Who it is, for people.'),
    handle: text(grammar.headerSafe).describe('How the sinks know them: @name, a group such as <!subteam^S0123>, or an address.'),
    sinks: list(text(grammar.shortName), 'names of sinks', { least: 1, most: 20 })
      .exactOptional()
      .describe('Names below sinks that reach them; those of announcements.sinks.escalation where it is absent.'),
    after: duration()
      .prefault(after)
      .describe('How long after the beginning they are called, unless somebody has acknowledged; a duration.'),
  }).exactOptional();
const contacts = section({
  primary: contact('0s').describe('On call, first.'),
  secondary: contact('5m').describe('On call, second.'),
  infrastructure: contact('10m').describe('The people of the platform.'),
  security: contact('15m').describe('The people of security.'),
  management: contact('20m').describe('Who decides above them.'),
});

export const specSchema = section({
  service: text(grammar.dnsLabel).describe('Name of the service; with the environment it names the deployment.'),
  environment: text(grammar.dnsLabel).describe('Name of the environment. One deployment runs per service and environment.'),
  tag: tag.describe("The release's git tag (step 1.1)."),
  image: image.describe('The image that is released, carried by digest from staging to production.'),
  staging: staging.describe('Phase 1: where staging is.'),
  production: production.describe('Phase 2: where production is.'),
  checklist: checklist
    .exactOptional()
    .describe('What is looked at before anything else happens, all of it side by side (pre-deployment checklist).'),
  smoke: list(request, 'requests').describe('Smoke tests against staging (step 1.2).'),
  load: load.exactOptional().describe('Load test against staging (step 1.3).'),
  integration: integration.exactOptional().describe('Integration tests (step 1.4).'),
  consistency: consistency.exactOptional().describe("Whether staging's answers have production's structure (step 1.4)."),
  database: database.exactOptional().describe("The service's database, PostgreSQL: its backup and its migrations."),
  flags: flags.exactOptional().describe("Feature flags: a ConfigMap of the candidate's own (step 2.1)."),
  ramp: ramp.prefault({}).describe('Shares of traffic and how long each is watched (steps 2.2 and 2.3).'),
  watching: watching.describe('How a watch samples.'),
  signals: list(signal, 'signals', { least: 1, most: 20 }).describe('What every watch judges.'),
  verification: verification.describe('What is verified after the rollout (step 2.4).'),
  success: success.exactOptional().describe('What makes a deployment a success, judged before the soak (runbook: success criteria).'),
  monitoring: monitoring.exactOptional().describe('What is monitored, and what each signal is known by (runbook: four groups).'),
  roles: map(grammar.shortName, list(text(grammar.person), 'people'), 'roles to people').describe('Who holds which role.'),
  gates: section({
    production: gate.describe('Before production.'),
    contract: gate.exactOptional().describe('Before migrations that the code of before does not work with, or that cannot be taken back.'),
    emergency: gate.exactOptional().describe('Before production is written outside of the windows: start --emergency.'),
  }).describe('Where people decide.'),
  windows: windows.exactOptional().describe('When production may be written. All times are UTC.'),
  estimates: estimates.exactOptional().describe('How long deployments usually take, by kind.'),
  profiles: profiles
    .exactOptional()
    .describe('Shorter ways through the runbook, by name, for start --profile. The spec itself is the standard one.'),
  attestations: map(grammar.shortName, attestation, 'attestations to their owners')
    .exactOptional()
    .describe('What people attest because no machine can look: who answers for it, and until when.'),
  attention: attention.prefault({}).describe('Steps that need a decision.'),
  rollback: rollback.prefault({}).describe('How traffic returns, and the rungs of the rollback ladder.'),
  followUps: followUps.exactOptional().describe('How the release is looked after once it is live; without it, it is not.'),
  tokens: map(grammar.shortName, secret(), 'names to secret references')
    .prefault({})
    .describe('Secrets by the name that requests use: env:NAME or file:/path.'),
  sinks: list(sink, 'sinks', { most: 20 }).prefault([]).describe('Where notices go.'),
  links: list(
    section({
      title: text(grammar.title).describe('What the document is.'),
      url: text(grammar.httpUrl).describe('Where it is.'),
    }),
    'links',
    { most: 20 },
  )
    .exactOptional()
    .describe('Documents that people need at hand: shown in plan, report and printed runbook.'),
  announcements: announcements
    .exactOptional()
    .describe('Which messages go to which sinks, and what they tell their readers beside what was measured.'),
  contacts: contacts
    .exactOptional()
    .describe('Who is called, one after another, when a step needs attention, a watch fails, or putting back is stuck.'),
  off: map(grammar.shortName, text(grammar.reason), 'step ids to reasons')
    .prefault({})
    .describe('Steps that do not apply, by id, each with its reason.'),
});

/** What the schema makes of a file is exactly what the runbook reads: either direction fails to compile otherwise. */
type Same<A, B> = [A, B] extends [B, A] ? true : never;
true satisfies Same<z.output<typeof specSchema>, Spec>;
/** The spec as it is written in a file. */
export type WrittenSpec = z.input<typeof specSchema>;
