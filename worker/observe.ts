import { type Client, type WorkflowExecutionInfo } from '@temporalio/client';
import { defaultPayloadConverter, fromPayloadsAtIndex } from '@temporalio/common';
import { FOLLOW_UP_TYPE, searchAttributes, WORKFLOW_TYPE } from '../workflows/messages';
import { followUpStandings } from '../workflows/runbook/post-deployment/follow-up';

/** One open deployment as Temporal tells of it, without asking the workflow. What is not known is null. */
export interface Observed {
  readonly workflowId: string;
  readonly deploymentId: string;
  readonly phase: string;
  readonly status: string;
  /** The candidate's share; percent. */
  readonly share: number | null;
  /** When the running watch took its last sample; epoch milliseconds. */
  readonly lastSampleAt: number | null;
  /** Attempts of its workflow task beyond the first: above 0 something is wrong with the build. */
  readonly failedTasks: number;
}
export interface Observation {
  readonly open: readonly Observed[];
  /** Deployments of the last week that could not put everything back; null where the namespace does not know our search attributes. */
  readonly incomplete: number | null;
  /** Open follow-ups by how they stand; `unknown` where the namespace does not know our search attributes. */
  readonly followUps: Readonly<Record<string, number>>;
}

/** Most deployments that are described at a time: each is one request. */
const most = 200;
const week = 7 * 24 * 60 * 60_000;

/** Asks Temporal about the deployments of one task queue. */
export async function observe(client: Client, taskQueue: string, now: number): Promise<Observation> {
  const open: Observed[] = [];
  const query = `WorkflowType = '${WORKFLOW_TYPE}' AND ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue}'`;
  for await (const info of client.workflow.list({ query })) {
    open.push(await describe(client, info));
    if (open.length === most) break;
  }
  const [incomplete, followUps] = await Promise.all([countIncomplete(client, taskQueue, now), countFollowUps(client, taskQueue)]);
  return { open, incomplete, followUps };
}

async function describe(client: Client, { workflowId, runId }: WorkflowExecutionInfo): Promise<Observed> {
  const { raw, memo = {}, typedSearchAttributes } = await client.workflow.getHandle(workflowId, runId).describe();
  const attributes = new Map(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value] as const));
  const told = (attribute: string, name: string): unknown => attributes.get(attribute) ?? memo[name];
  const text = (value: unknown): string => (typeof value === 'string' ? value : 'unknown');
  const share = told(searchAttributes.weight, 'weight');
  return {
    workflowId,
    deploymentId: text(memo['deploymentId']),
    phase: text(told(searchAttributes.phase, 'phase')),
    status: text(told(searchAttributes.status, 'status')),
    share: typeof share === 'number' ? share : null,
    lastSampleAt: lastSampleOf(raw.pendingActivities ?? []),
    failedTasks: Math.max(0, (raw.pendingWorkflowTask?.attempt ?? 1) - 1),
  };
}

type Pending = NonNullable<Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>['raw']['pendingActivities']>;

/** The sampler says it in its heartbeat. */
function lastSampleOf(activities: Pending): number | null {
  const sampler = activities.find(({ activityType }) => activityType?.name === 'sampleSignals');
  const payloads = sampler?.heartbeatDetails?.payloads;
  if (!payloads?.length) return null;
  const beat: unknown = fromPayloadsAtIndex(defaultPayloadConverter, 0, payloads);
  const at = typeof beat === 'object' && beat !== null && 'lastSampleAt' in beat ? beat.lastSampleAt : null;
  return typeof at === 'number' ? at : null;
}

async function countIncomplete(client: Client, taskQueue: string, now: number): Promise<number | null> {
  const since = new Date(now - week).toISOString();
  const query = `WorkflowType = '${WORKFLOW_TYPE}' AND TaskQueue = '${taskQueue}' AND CloseTime > '${since}' AND ${searchAttributes.status} = 'ROLLBACK_INCOMPLETE'`;
  try {
    return (await client.workflow.count(query)).count;
  } catch {
    return null;
  }
}

/** Where they tell their phase they would tell that a look has failed: without a word all is well. */
async function countFollowUps(client: Client, taskQueue: string): Promise<Observation['followUps']> {
  const counts: Record<string, number> = Object.fromEntries(followUpStandings.map((standing) => [standing, 0]));
  const query = `WorkflowType = '${FOLLOW_UP_TYPE}' AND ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue}'`;
  for await (const { typedSearchAttributes } of client.workflow.list({ query })) {
    const told = new Map(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, String(value)] as const));
    const standing = told.get(searchAttributes.status) ?? (told.has(searchAttributes.phase) ? followUpStandings[0] : 'unknown');
    counts[standing] = (counts[standing] ?? 0) + 1;
  }
  return counts;
}
