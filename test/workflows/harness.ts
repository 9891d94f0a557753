import { Context } from '@temporalio/activity';
import { Client, Connection, isGrpcServiceError, QueryNotRegisteredError, ServiceError, type WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter, fromPayloadsAtIndex } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { NativeConnection, Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { analyticsDeployment } from '../../workflows/analytics-deployment';
import type { analyticsFollowUp } from '../../workflows/follow-up';
import {
  FOLLOW_UP_TYPE,
  followUpIdOf,
  followUpStatus,
  updateOf,
  status,
  workflowIdOf,
  type Answer,
  type FollowUpMessageName,
  type FollowUpMessages,
  type MessageName,
  type Messages,
} from '../../workflows/messages';
import {
  broughtBy,
  followUpRequest,
  servingOf,
  type FollowUpReport,
  type FollowUpView,
} from '../../workflows/runbook/post-deployment/follow-up';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import { inFull } from '../../workflows/runbook/report/terse';
import type { DeploymentReport, DeploymentView } from '../../workflows/runbook/view';
import { quietRuntime } from '../support/runtime';
import { startTimeSkipping, testAddress } from '../support/temporal';
import { FakeWorld } from './fake-world';

/** One worker for all tests of a file; each deployment has a world of its own. */
export class Harness {
  private readonly worlds = new Map<string, FakeWorld>();
  readonly queue = `test-${randomUUID()}`;
  private worker: Worker | undefined;
  private running: Promise<void> | undefined;

  private constructor(
    readonly client: Client,
    private readonly native: NativeConnection,
    private readonly disconnect: () => Promise<unknown>,
    private readonly clock?: Pick<TestWorkflowEnvironment, 'sleep' | 'currentTimeMs'>,
  ) {}

  /** On the server of the test run. */
  static async open(): Promise<Harness> {
    quietRuntime();
    const address = testAddress();
    const [connection, native] = await Promise.all([Connection.connect({ address }), NativeConnection.connect({ address })]);
    return new Harness(new Client({ connection }), native, () => Promise.all([connection.close(), native.close()])).work();
  }

  /** On a server of its own, whose clock jumps over hours while a result is awaited and nothing else is under way. */
  static async openTimeSkipping(): Promise<Harness> {
    quietRuntime();
    const server = await startTimeSkipping();
    return new Harness(server.client, server.nativeConnection, () => server.teardown(), server).work();
  }

  /** The server's time; epoch milliseconds. */
  async now(): Promise<number> {
    return this.clock ? this.clock.currentTimeMs() : Date.now();
  }
  /** Lets a time-skipping server's clock run on by so many milliseconds. */
  async skip(milliseconds: number): Promise<void> {
    await this.clock?.sleep(milliseconds);
  }

  async close(): Promise<void> {
    this.worker?.shutdown();
    await this.running;
    await this.disconnect();
  }

  /** Starts a deployment on the world, hands it to the test, and returns once the test is done with it. */
  async deploy<T>(world: FakeWorld, test: (deployment: Deployment) => Promise<T>, change: Partial<DeploymentRequest> = {}): Promise<T> {
    const request = { ...world.request, ...change, taskQueues: { control: this.queue, exec: this.queue } };
    const workflowId = `${workflowIdOf(request.spec.service, request.spec.environment)}-${randomUUID()}`;
    this.worlds.set(workflowId, world);
    world.asked = request;
    const handle = await this.client.workflow.start<typeof analyticsDeployment>('analyticsDeployment', {
      taskQueue: this.queue,
      workflowId,
      args: [request],
    });
    try {
      return await test(new Deployment(handle, request));
    } finally {
      await handle.terminate('test over').catch(() => undefined);
    }
  }

  /** The world of a deployment that somebody else starts. */
  expect(workflowId: string, world: FakeWorld): void {
    this.worlds.set(workflowId, world);
  }

  /** What a workflow was started with. */
  async inputOf(workflowId: string): Promise<unknown> {
    const { events } = await this.client.workflow.getHandle(workflowId).fetchHistory();
    const payloads = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
    return fromPayloadsAtIndex(defaultPayloadConverter, 0, payloads);
  }

  /** Starts the follow-ups of a deployment that has succeeded, as it would; under the name of a lane they hold it. */
  async followUp<T>(world: FakeWorld, test: (followUps: FollowUps) => Promise<T>, lane?: string): Promise<T> {
    const taskQueues = { control: this.queue, exec: this.queue };
    const request = followUpRequest(
      { ...world.request, taskQueues },
      servingOf(world.release, world.request.spec),
      broughtBy(world.release),
    );
    const workflowId = lane ?? `${followUpIdOf(request.deploymentId)}-${randomUUID()}`;
    this.worlds.set(workflowId, world);
    const handle = await this.client.workflow.start<typeof analyticsFollowUp>(FOLLOW_UP_TYPE, {
      taskQueue: this.queue,
      workflowId,
      args: [request],
    });
    try {
      return await test(new FollowUps(this.client, workflowId, handle.firstExecutionRunId));
    } finally {
      await this.client.workflow
        .getHandle(workflowId)
        .terminate('test over')
        .catch(() => undefined);
    }
  }

  /** The contract, answered by the world of the deployment that asks. */
  private async work(): Promise<this> {
    const answer = (name: string) => (input: never) => {
      const workflowId = Context.current().info.workflowExecution?.workflowId ?? '';
      const activities = this.worlds.get(workflowId)?.activities as unknown as
        Readonly<Record<string, (input: never) => unknown>> | undefined;
      return activities?.[name]?.(input);
    };
    this.worker = await Worker.create({
      connection: this.native,
      taskQueue: this.queue,
      workflowBundle: { codePath: path.join(__dirname, '../../dist/workflow-bundle.js') },
      activities: Object.fromEntries(Object.keys(new FakeWorld().activities).map((name) => [name, answer(name)])),
      maxHeartbeatThrottleInterval: 100,
      shutdownGraceTime: 0,
      shutdownForceTime: '2s',
      stickyQueueScheduleToStartTimeout: '1s',
    });
    this.running = this.worker.run();
    return this;
  }
}

/** The follow-ups of one deployment, as a test talks to them. */
export class FollowUps {
  /** @param firstRun the first of the runs, one for each phase. */
  constructor(
    private readonly client: Client,
    private readonly workflowId: string,
    private readonly firstRun: string,
  ) {}

  /** The newest run: handlers of an ended one do not answer. */
  get handle(): WorkflowHandle<typeof analyticsFollowUp> {
    return this.client.workflow.getHandle(this.workflowId);
  }
  /** Where they stand; asked again while they read what they were begun with. */
  async status(): Promise<FollowUpView> {
    for (let asked = 1; ; asked++) {
      try {
        return await this.handle.query(followUpStatus);
      } catch (error) {
        if (!(error instanceof QueryNotRegisteredError) || asked > 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
  result(): Promise<FollowUpReport> {
    return this.client.workflow.getHandle<typeof analyticsFollowUp>(this.workflowId, this.firstRun).result();
  }
  send<Name extends FollowUpMessageName>(name: Name, message: Omit<FollowUpMessages[Name], 'requestId'>): Promise<Answer> {
    const full = { requestId: randomUUID(), ...message };
    return sendAgain(() => this.handle.executeUpdate<Answer, [typeof full]>(name, { args: [full] }));
  }
  async until(is: (view: FollowUpView) => boolean, within = 60_000): Promise<FollowUpView> {
    const end = Date.now() + within;
    for (;;) {
      const view = await this.status();
      if (is(view)) return view;
      if (Date.now() > end) throw new Error(`not reached: ${JSON.stringify(view)}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  /** The histories of all runs, oldest first. */
  async histories(): Promise<readonly { readonly events: number; readonly json: string }[]> {
    const found: { readonly events: number; readonly json: string }[] = [];
    let runId: string | null = this.firstRun;
    while (runId !== null) {
      const { events, json, next } = await this.historyOf(runId);
      found.push({ events, json });
      runId = next;
    }
    return found;
  }
  private async historyOf(runId: string): Promise<{ readonly events: number; readonly json: string; readonly next: string | null }> {
    const history = await this.client.workflow.getHandle(this.workflowId, runId).fetchHistory();
    const events = history.events ?? [];
    const next = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? null;
    return { events: events.length, json: historyToJSON(history), next };
  }
}

/** One deployment, as a test talks to it. */
export class Deployment {
  constructor(
    readonly handle: WorkflowHandle<typeof analyticsDeployment>,
    readonly request: DeploymentRequest,
  ) {}

  status(): Promise<DeploymentView> {
    return this.handle.query(status);
  }
  async result(): Promise<DeploymentReport> {
    return inFull(await this.handle.result());
  }
  send<Name extends MessageName>(
    name: Name,
    message: Omit<Messages[Name], 'requestId'> & { readonly requestId?: string },
  ): Promise<Answer> {
    const full = { requestId: randomUUID(), ...message } as unknown as Messages[Name];
    return sendAgain(() => this.handle.executeUpdate(updateOf(name), { args: [full] }));
  }
  /** Waits until the view is as described. */
  async until(is: (view: DeploymentView) => boolean, within = 120_000): Promise<DeploymentView> {
    const end = Date.now() + within;
    for (;;) {
      const view = await this.status();
      if (is(view)) return view;
      if (Date.now() > end) throw new Error(`not reached: ${JSON.stringify({ ...view, rows: undefined })}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  /** Approves a gate, that to production by default, as people who may. */
  async approve(id = 'production'): Promise<void> {
    const { gate } = await this.until((view) => view.gate?.id === id);
    const digest = gate?.digest ?? '';
    for (const by of ['eva', 'bo'].slice(0, gate?.approvals)) await this.send('approve', { gate: id, digest, by });
  }
  async history(): Promise<{ readonly events: number; readonly bytes: number; readonly json: string }> {
    const history = await this.handle.fetchHistory();
    const { historyLength } = await this.handle.describe();
    const size = Number((await this.handle.describe()).raw.workflowExecutionInfo?.historySizeBytes ?? 0);
    return { events: historyLength, bytes: size, json: historyToJSON(history) };
  }
}

/** The gRPC code of an answer that the run's state does not allow. */
const failedPrecondition: number = 9;

/** The server drops an update whose workflow task met a new event while it was closing the run: the same message is sent again. */
async function sendAgain<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ServiceError && isGrpcServiceError(error.cause) && (error.cause.code as number) === failedPrecondition)
      return send();
    throw error;
  }
}
