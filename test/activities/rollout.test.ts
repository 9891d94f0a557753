import { beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import type { RolloutRequest } from '../../workflows/runbook/contract';
import { fakePorts, type FakePorts } from '../fakes/ports';
import { newImage, oldImage, place, putColour, setReady } from '../fakes/shop';
import { failing, run, surroundings } from './run';

const request: RolloutRequest = { ...place, deployment: 'analytics-blue', container: 'analytics', image: newImage, deadline: 60_000 };
const complete = { observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };
let ports: FakePorts;
let activities: ReturnType<typeof createActivities>;

beforeEach(() => {
  ports = fakePorts();
  putColour(ports.kubernetes, 'analytics-blue', newImage, 3);
  activities = createActivities(ports);
});
const deployment = () => ports.kubernetes.raw('Deployment', 'analytics-blue');
const blockPod = (status: object) =>
  ports.kubernetes.podsOf.set('analytics-blue', [
    { metadata: { name: 'blue-0' }, spec: { containers: [{ name: 'analytics', image: newImage }] }, status },
  ]);

describe('a rollout', () => {
  test('is complete when all are updated, available, and none of the old is left', async () => {
    deployment().metadata.annotations = { 'deployment.kubernetes.io/revision': '7' };
    expect(await run(activities.awaitRollout, request)).toEqual({ ready: 3, desired: 3, revision: '7' });
  });

  test.each([
    ['the controller has not seen it', { observedGeneration: 0 }],
    ['not all are updated', { updatedReplicas: 2 }],
    ['old pods are left', { replicas: 4 }],
    ['not all are available', { availableReplicas: 2 }],
  ])('is waited for while %s, and is complete afterwards', async (_, status) => {
    deployment().status = { ...complete, ...status };
    const started = ports.clock.time;
    ports.clock.onSleep = (now) => void (now - started > 5_000 && (deployment().status = complete));
    expect(await run(activities.awaitRollout, request)).toMatchObject({ ready: 3 });
    expect(ports.clock.time - started).toBeGreaterThan(5_000);
  });

  test('is enough where so many pods are ready as are waited for, whatever becomes of the others', async () => {
    deployment().status = { ...complete, availableReplicas: 2 };
    const pod = (name: string, status: object) => ({
      metadata: { name },
      spec: { containers: [{ name: 'analytics', image: newImage }] },
      status,
    });
    const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
    const stuck = { containerStatuses: [{ name: 'analytics', state: { waiting: { reason: 'ImagePullBackOff' } } }] };
    ports.kubernetes.podsOf.set('analytics-blue', [pod('blue-0', ready), pod('blue-1', ready), pod('blue-2', stuck)]);
    expect(await run(activities.awaitRollout, { ...request, enough: 2 })).toMatchObject({ ready: 2, desired: 3 });
    expect(await failing(run(activities.awaitRollout, { ...request, enough: 3 }))).toMatchObject({ type: 'RolloutFailed' });
  });

  test('is not enough by pods that it is about to replace, such as those with the flags of before', async () => {
    const { template } = deployment().spec as { template: { spec: { containers: object[] } } };
    const envFrom = [{ configMapRef: { name: 'flags-new' } }];
    for (const container of template.spec.containers) Object.assign(container, { envFrom });
    const pods = (from: object[]) =>
      ports.kubernetes.podsOf.set(
        'analytics-blue',
        [0, 1, 2].map((place) => ({
          metadata: { name: `blue-${place}` },
          spec: { containers: [{ name: 'analytics', image: newImage, envFrom: from }] },
          status: { conditions: [{ type: 'Ready', status: 'True' }] },
        })),
      );
    const enough = () => run(activities.awaitRollout, { ...request, enough: 2, deadline: 5_000 });
    pods([{ configMapRef: { name: 'flags-old' } }]);
    deployment().status = { ...complete, replicas: 4 };
    expect(await failing(enough())).toMatchObject({ type: 'RolloutFailed' });
    pods(envFrom);
    expect(await enough()).toMatchObject({ ready: 3 });
    deployment().status = { ...complete, replicas: 4, updatedReplicas: 1 };
    expect(await failing(enough())).toMatchObject({ type: 'RolloutFailed' });
    deployment().status = { ...complete, replicas: 4, observedGeneration: 0 };
    expect(await failing(enough())).toMatchObject({ type: 'RolloutFailed' });
  });

  test('that is waited for names the pods that run and do not become ready', async () => {
    deployment().status = { ...complete, availableReplicas: 2 };
    blockPod({ conditions: [{ type: 'Ready', status: 'False' }] });
    const beats: unknown[] = [];
    const around = surroundings();
    around.on('heartbeat', (details: unknown) => beats.push(details));
    ports.clock.onSleep = () => void (deployment().status = complete);
    await around.run(activities.awaitRollout, request);
    expect(beats).toContainEqual(expect.objectContaining({ waitingFor: expect.stringContaining('not ready: blue-0') }));
  });

  test('has a deadline of its own, which a crash of the worker does not set back', async () => {
    deployment().status = { ...complete, availableReplicas: 1 };
    const started = ports.clock.time - 50_000;
    const told = await failing(run(activities.awaitRollout, request, { attempt: 2, heartbeatDetails: { startedAt: started } }));
    expect(told).toMatchObject({ type: 'RolloutFailed', final: true });
    expect(told.message).toContain('3 of 3 updated, 1 available');
    expect(ports.clock.time - started).toBeLessThan(62_000);
  });

  test.each([
    [
      'an image that cannot be pulled',
      { containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff', message: 'no such manifest' } } }] },
      'ImagePullBackOff (no such manifest)',
    ],
    ['a container that crashes', { containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] }, 'CrashLoopBackOff'],
    [
      'an init container that cannot be configured',
      { initContainerStatuses: [{ state: { waiting: { reason: 'CreateContainerConfigError' } } }] },
      'CreateContainerConfigError',
    ],
    [
      'no node for it',
      { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' }] },
      'Unschedulable (0/3 nodes)',
    ],
  ])('that %s blocks is told at once, with the pod', async (_, status, said) => {
    deployment().status = { ...complete, updatedReplicas: 1 };
    blockPod(status);
    const started = ports.clock.time;
    const told = await failing(run(activities.awaitRollout, request));
    expect(told).toMatchObject({ type: 'RolloutFailed' });
    expect(told.message).toContain(`pod blue-0: ${said}`);
    expect(ports.clock.time).toBe(started);
  });

  test.each([
    ['is scaled to 0', () => Object.assign(deployment().spec as object, { replicas: 0 }), '0 of 0 is never ready'],
    ['is paused', () => Object.assign(deployment().spec as object, { paused: true }), 'paused'],
    [
      'has exceeded its progress deadline',
      () =>
        (deployment().status = {
          ...complete,
          conditions: [
            { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' },
            { type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' },
          ],
        }),
      'exceeded quota',
    ],
  ])('of a Deployment that %s fails', async (_, spoil, said) => {
    spoil();
    const told = await failing(run(activities.awaitRollout, request));
    expect(told).toMatchObject({ type: 'RolloutFailed' });
    expect(told.message).toContain(said);
  });

  test('of another image is somebody else’s release', async () => {
    putColour(ports.kubernetes, 'analytics-blue', oldImage, 3);
    expect(await failing(run(activities.awaitRollout, request))).toMatchObject({
      type: 'Foreign',
      foreign: { found: oldImage, expected: newImage },
    });
  });

  test('heartbeats what it waits for and ends with a cancellation', async () => {
    deployment().status = { ...complete, updatedReplicas: 1 };
    const around = surroundings({ heartbeatTimeoutMs: 5_000 });
    const beats: unknown[] = [];
    around.on('heartbeat', (details: unknown) => {
      if (beats.push(details) === 4) around.cancel();
    });
    await expect(around.run(activities.awaitRollout, request)).rejects.toMatchObject({ name: 'CancelledFailure' });
    expect(beats.at(-1)).toMatchObject({ waitingFor: expect.stringContaining('1 of 3 updated') });
  });
});

describe("the pods' configuration", () => {
  const flagged = { ...request, flagsConfigMap: 'flags-1' };

  test('names the flags in every ready pod', async () => {
    setReady(ports.kubernetes, 'analytics-blue', 2);
    for (const pod of ports.kubernetes.podsOf.get('analytics-blue') as { spec: { containers: object[] } }[]) {
      Object.assign(pod.spec.containers[0] ?? {}, { envFrom: [{ configMapRef: { name: 'flags-1' } }] });
    }
    expect(await run(activities.verifyPodConfig, flagged)).toEqual({ pods: 2 });
  });

  test('that does not name the flags is a failed check, with the pods', async () => {
    setReady(ports.kubernetes, 'analytics-blue', 2);
    const told = await failing(run(activities.verifyPodConfig, flagged));
    expect(told).toMatchObject({ type: 'CheckFailed' });
    expect(told.message).toContain('analytics-blue-0, analytics-blue-1');
  });

  test('of no ready pod at all is a failed check', async () => {
    setReady(ports.kubernetes, 'analytics-blue', 0);
    expect(await failing(run(activities.verifyPodConfig, flagged))).toMatchObject({ type: 'CheckFailed' });
  });
});
