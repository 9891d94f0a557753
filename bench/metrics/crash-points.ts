import { randomUUID } from 'node:crypto';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import { type answerSignal, type chain, type longActivity, tell } from '../bare-workflows';
import type { Child } from '../child';
import { approvers, Deployment, untilIdle } from '../deployment';
import { requestFor, scaledSpec } from '../request';
import type { Stage } from '../stage';
import type { Call } from '../world';
import type { Ledger } from './crash-ledger';

/** Where one run of a point plays. */
export interface Setting {
  readonly stage: Stage;
  readonly queue: string;
  readonly ledger: Ledger;
  readonly child: Child;
}

/** A workflow that has come to its point. */
export interface Run {
  readonly workflowId: string;
  /** What is done at the moment of the kill. */
  readonly justBefore?: () => void;
  /** What people do right after it. */
  readonly afterwards?: () => Promise<void>;
  /** Ends when the workflow has ended. */
  readonly toTheEnd: () => Promise<void>;
}
type Reach = (setting: Setting) => Promise<Run>;
export interface Runs {
  readonly deployment: Reach;
  /** The same moment in a workflow that does nothing else. */
  readonly bare: Reach;
}
/** A moment at which the worker is killed. */
export interface CrashPoint {
  readonly name: string;
  readonly runs: Runs;
}

export const crashPoints: readonly CrashPoint[] = [
  { name: 'waiting; the approval comes after the kill', runs: { deployment: waiting, bare: waitingBare } },
  { name: 'in a watch', runs: { deployment: heldIn('2.2.watch', 'before'), bare: longBare } },
  { name: 'in a write, after its effect', runs: { deployment: heldIn('2.2.candidate', 'after'), bare: longBare } },
  { name: 'in a compensation, after its effect', runs: { deployment: heldIn('undo.2.2.traffic-10', 'after', abort), bare: longBare } },
  { name: 'as a step ends', runs: { deployment: ending, bare: endingBare } },
];

async function waiting({ stage, queue }: Setting): Promise<Run> {
  const request = crashRequest(queue);
  const deployment = await Deployment.start(stage.client, request);
  const digest = await deployment.untilGate();
  const people = approvers(request);
  for (const by of people.slice(0, -1)) await deployment.approve(digest, by);
  await untilIdle(deployment.handle);
  return { ...runOf(deployment), afterwards: () => deployment.approve(digest, people.at(-1) ?? '') };
}

async function waitingBare({ stage, queue }: Setting): Promise<Run> {
  const workflowId = `waiting-${randomUUID()}`;
  const handle = await stage.client.workflow.start<typeof answerSignal>('answerSignal', { workflowId, taskQueue: queue, args: [] });
  await untilIdle(handle);
  return { workflowId, afterwards: () => handle.signal(tell), toTheEnd: () => handle.result() };
}

/** A deployment one of whose activities lasts until the kill. */
function heldIn(id: string, when: Call['when'], provoke: (deployment: Deployment) => Promise<void> = async () => undefined): Reach {
  return async ({ stage, queue, ledger, child }) => {
    const request = crashRequest(queue);
    const reached = hold(child, ledger, request.deploymentId, id, when);
    const deployment = await Deployment.start(stage.client, request);
    await deployment.passGate();
    await provoke(deployment);
    await reached;
    return runOf(deployment);
  };
}

async function abort(deployment: Deployment): Promise<void> {
  await deployment.until(({ share }) => share > 0);
  await deployment.send('abort', { by: 'eva' });
}

async function longBare({ stage, queue, ledger, child }: Setting): Promise<Run> {
  const workflowId = `long-${randomUUID()}`;
  const reached = hold(child, ledger, workflowId, '2', 'before');
  const handle = await stage.client.workflow.start<typeof longActivity>('longActivity', { workflowId, taskQueue: queue, args: [] });
  await reached;
  return { workflowId, toTheEnd: () => handle.result() };
}

/** Its answer is on the way when the worker dies: it is lost, or the workflow task that follows it is. */
async function ending({ stage, queue, ledger, child }: Setting): Promise<Run> {
  const request = crashRequest(queue);
  const reached = hold(child, ledger, request.deploymentId, '1.1.rollout', 'after');
  const deployment = await Deployment.start(stage.client, request);
  await reached;
  const toTheEnd = async (): Promise<void> => {
    await deployment.passGate();
    await deployment.handle.result();
  };
  return { ...runOf(deployment), justBefore: () => child.tell({ kind: 'release', workflowId: request.deploymentId }), toTheEnd };
}

async function endingBare({ stage, queue, ledger, child }: Setting): Promise<Run> {
  const workflowId = `chain-${randomUUID()}`;
  const reached = hold(child, ledger, workflowId, '2', 'after');
  const handle = await stage.client.workflow.start<typeof chain>('chain', { workflowId, taskQueue: queue, args: [4] });
  await reached;
  return { workflowId, justBefore: () => child.tell({ kind: 'release', workflowId }), toTheEnd: () => handle.result() };
}

async function hold(child: Child, ledger: Ledger, workflowId: string, id: string, when: Call['when']): Promise<void> {
  child.tell({ kind: 'hold', workflowId, id, when });
  await ledger.called(workflowId, (call) => call.id === id && call.when === when);
}

function crashRequest(queue: string): DeploymentRequest {
  const request = requestFor(scaledSpec(100), queue);
  return { ...request, taskQueues: { control: queue, exec: queue } };
}

function runOf({ id, handle }: Deployment): Run {
  return {
    workflowId: id,
    toTheEnd: async () => {
      await handle.result();
    },
  };
}
