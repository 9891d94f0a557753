import type { Client, WorkflowHandle } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { startOptions } from '../client/temporal/start-options';
import type { analyticsDeployment } from '../workflows/analytics-deployment';
import { signalOf, status, WORKFLOW_TYPE, type MessageName, type Messages } from '../workflows/messages';
import type { DeploymentRequest } from '../workflows/runbook/release';
import type { DeploymentView } from '../workflows/runbook/view';

/** Between two looks at something that will happen soon, in milliseconds. */
const interval = 5;
const patience = 120_000;

/** One deployment as the observer drives it. */
export class Deployment {
  private constructor(
    readonly handle: WorkflowHandle<typeof analyticsDeployment>,
    readonly request: DeploymentRequest,
  ) {}

  /** Starts it as `analytics-deploy start` does. */
  static async start(client: Client, request: DeploymentRequest): Promise<Deployment> {
    const { deploymentId, requester, version, spec } = request;
    const summary = `${spec.service} ${version} → ${spec.environment}, started by ${requester}`;
    const handle = await client.workflow.start<typeof analyticsDeployment>(WORKFLOW_TYPE, {
      ...startOptions(request, { summary, details: '' }),
      // Many at a time.
      workflowId: deploymentId,
    });
    return new Deployment(handle, request);
  }

  get id(): string {
    return this.handle.workflowId;
  }

  /** Sends a message by its signal twin. */
  async send<Name extends MessageName>(name: Name, message: Omit<Messages[Name], 'requestId'>): Promise<void> {
    await this.handle.signal(signalOf(name), { requestId: randomUUID(), ...message } as unknown as Messages[Name]);
  }

  /** One of the approvals that the gate needs. */
  async approve(digest: string, by: string): Promise<void> {
    await this.send('approve', { gate: 'production', digest, by });
  }

  /** Waits for the gate, and gives the digest that is to be approved. */
  async untilGate(): Promise<string> {
    const { gate } = await this.until((view) => view.gate !== null);
    return gate?.digest ?? '';
  }

  /** Waits for the gate and opens it. */
  async passGate(): Promise<void> {
    const digest = await this.untilGate();
    for (const by of approvers(this.request)) await this.approve(digest, by);
  }

  async until(is: (view: DeploymentView) => boolean): Promise<DeploymentView> {
    const end = Date.now() + patience;
    for (;;) {
      const view = await this.handle.query(status);
      if (is(view)) return view;
      if (Date.now() > end) throw new Error(`The deployment did not get there in ${patience / 1000} s: ${JSON.stringify(view.rows)}`);
      await delay(interval);
    }
  }

  async end(): Promise<void> {
    await this.handle.terminate('measured').catch(() => undefined);
  }
}

/** As many people as the gate needs, other than the requester. */
export function approvers({ spec, requester }: DeploymentRequest): readonly string[] {
  const { approvals, roles } = spec.gates.production;
  const people = new Set(roles.flatMap((role) => spec.roles[role] ?? []));
  people.delete(requester);
  return [...people].slice(0, approvals);
}

/** Waits until the server has nothing under way for the workflow but what lasts: no task is open, and no activity other than `lasting`. */
export async function untilIdle(handle: WorkflowHandle, lasting: readonly string[] = []): Promise<void> {
  const end = Date.now() + patience;
  for (;;) {
    const { raw } = await handle.describe();
    const busy = (raw.pendingActivities ?? []).filter(({ activityType }) => !lasting.includes(activityType?.name ?? ''));
    if (!raw.pendingWorkflowTask && busy.length === 0) return;
    if (Date.now() > end) throw new Error(`${handle.workflowId} is still busy after ${patience / 1000} s.`);
    await delay(interval);
  }
}

/** Waits until one of the workflow's activities has failed and waits for its next attempt. */
export async function untilRetrying(handle: WorkflowHandle): Promise<void> {
  const end = Date.now() + patience;
  for (;;) {
    const { raw } = await handle.describe();
    if (raw.pendingActivities?.some(({ attempt }) => (attempt ?? 1) > 1)) return;
    if (Date.now() > end) throw new Error(`${handle.workflowId} retries nothing after ${patience / 1000} s.`);
    await delay(interval);
  }
}
