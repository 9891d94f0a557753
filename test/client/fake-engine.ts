import { openOutput } from '../../client/output';
import type { Context, Options } from '../../client/command';
import { NoAnswer, type Delivery, type Engine, type Run, type Started } from '../../client/temporal/engine';
import type { Happened } from '../../workflows/runbook/report/from-history';
import type { FollowUpReport, FollowUpView } from '../../workflows/runbook/post-deployment/follow-up';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import type { DeploymentReport, DeploymentView } from '../../workflows/runbook/view';
import { searchAttributeTypes } from '../../client/temporal/search-attributes';

/** Temporal as a test sets it up: what it knows, and what it was told. */
export interface World {
  runs: Run[];
  view: DeploymentView | null;
  report: DeploymentReport | null;
  /** Of single runs, by run id, where they are not all alike. */
  each: Readonly<Record<string, { readonly report?: DeploymentReport; readonly request?: DeploymentRequest }>>;
  /** What the deployments were started with; absent: as little as `status` needs. */
  request: DeploymentRequest | null;
  happened: Happened;
  followUp: FollowUpView | null;
  followUpReport: FollowUpReport | null;
  /** Seconds since the last poll of each poller; empty: nobody polls. */
  pollers: number[];
  delivery: (name: string) => Delivery;
  starts: Started[];
  attributes: readonly string[];
  taskFailure: string | null;
  /** Milliseconds. */
  retention: number | null;
  /** Called when something is started. */
  onStart?: () => void;
  /** Visibility knows nothing yet. */
  visibilityLags: boolean;
  readonly told: { readonly by: 'update' | 'signal' | 'start'; readonly name: string; readonly what: unknown }[];
}

export function worldOf(more: Partial<World> = {}): World {
  return {
    runs: [],
    view: null,
    report: null,
    each: {},
    request: null,
    happened: { steps: [], decisions: [], undone: [] },
    followUp: null,
    followUpReport: null,
    pollers: [1],
    delivery: (name) => ({ kind: 'answered', answer: `${name} taken` }),
    starts: [{ kind: 'started', runId: 'run-1' }],
    attributes: Object.keys(searchAttributeTypes),
    taskFailure: null,
    retention: null,
    visibilityLags: false,
    told: [],
    ...more,
  };
}

export function fakeEngine(world: World): Engine {
  const find = (workflowId: string, runId?: string) =>
    world.runs.find((run) => run.workflowId === workflowId && (runId === undefined || run.runId === runId)) ?? null;
  return {
    address: '127.0.0.1:7233',
    namespace: 'default',
    start: async (request) => {
      world.told.push({ by: 'start', name: request.deploymentId, what: request });
      world.onStart?.();
      return world.starts.shift() ?? { kind: 'already running' };
    },
    describe: async ({ workflowId, runId }) => find(workflowId, runId),
    find: async (deploymentId) =>
      world.visibilityLags ? null : (world.runs.find(({ memo }) => memo.deploymentId === deploymentId) ?? null),
    open: async () => world.runs.filter(({ status, workflowId }) => status === 'running' && !workflowId.startsWith('follow-up:')),
    openFollowUps: async () => world.runs.filter(({ status, workflowId }) => status === 'running' && workflowId.startsWith('follow-up:')),
    view: async () => {
      if (!world.view) throw new NoAnswer('nobody');
      return world.view;
    },
    followUpView: async () => {
      if (!world.followUp) throw new NoAnswer('nobody');
      return world.followUp;
    },
    followUpReport: async () => {
      const report = world.followUpReport ?? world.followUp?.report;
      if (!report) throw new Error('no report was set up');
      return report;
    },
    request: async ({ runId = '' }) =>
      world.each[runId]?.request ??
      world.request ??
      ({
        spec: { service: 'analytics', signals: [], production: { cluster: 'nowhere', namespace: 'shop' } },
      } as unknown as DeploymentRequest),
    report: async ({ runId = '' }) => {
      const report = world.each[runId]?.report ?? world.report;
      if (!report) throw new Error('no report was set up');
      return report;
    },
    happened: async () => world.happened,
    update: async (_, name, what) => {
      world.told.push({ by: 'update', name, what });
      return world.delivery(name);
    },
    signal: async ({ workflowId, runId }, name, what) => {
      world.told.push({ by: 'signal', name, what });
      const run = find(workflowId, runId);
      return run === null || run.status === 'running' ? 'sent' : 'ended';
    },
    pollers: async () => world.pollers.map((ago, place) => ({ identity: `worker-${place}`, lastAccessAt: Date.now() - ago * 1000 })),
    searchAttributes: async () => new Set(world.attributes),
    lastTaskFailure: async () => world.taskFailure,
    retention: async () => world.retention,
    version: async () => '1.32.0',
    close: async () => undefined,
  };
}

/** A command's context on a pipe, and what it said. */
export function contextOf(
  world: World,
  { id, options = {}, json = false }: { readonly id?: string; readonly options?: Options; readonly json?: boolean } = {},
): { readonly context: Context; readonly stdout: () => string; readonly stderr: () => string } {
  const said = { out: '', err: '' };
  const streams = {
    stdout: { write: (text: string) => ((said.out += text), true) },
    stderr: { write: (text: string) => ((said.err += text), true) },
    stdin: {},
  } as unknown as Parameters<typeof openOutput>[0];
  const engine = fakeEngine(world);
  return {
    stdout: () => said.out,
    stderr: () => said.err,
    context: {
      arguments: { id },
      rest: [],
      options,
      out: openOutput(streams, { LANG: 'C.UTF-8' }, { json, quiet: false, color: false }),
      env: { ANALYTICS_DEPLOY_USER: 'ana' },
      connect: async () => engine,
      interrupted: new AbortController().signal,
    },
  };
}
