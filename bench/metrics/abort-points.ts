import { ApplicationFailure } from '@temporalio/common';
import { setTimeout as delay } from 'node:timers/promises';
import { untilIdle, untilRetrying, type Deployment } from '../deployment';
import type { Scene } from '../scene';

/** A moment in a deployment at which somebody aborts. */
export interface AbortPoint {
  readonly name: string;
  /** Gets there; gives what ends the situation afterwards. */
  readonly reach: (deployment: Deployment, scene: Scene) => Promise<() => Promise<void> | void>;
}

const nothing = (): void => undefined;

export const abortPoints: readonly AbortPoint[] = [
  {
    name: 'idle: only a timer, a parked step',
    async reach(deployment, scene) {
      scene.at('2.2.rollout', () => {
        throw ApplicationFailure.nonRetryable('a pod blocks it', 'RolloutFailed');
      });
      await deployment.passGate();
      await deployment.until(({ attention }) => attention !== null);
      await untilIdle(deployment.handle);
      return nothing;
    },
  },
  {
    name: 'a watch: timer and sampler run',
    async reach(deployment) {
      await watching(deployment);
      return nothing;
    },
  },
  {
    name: 'an activity with a body of 30 s, deaf',
    async reach(deployment, scene) {
      const began = scene.began('2.2.rollout');
      scene.hold('2.2.rollout');
      await deployment.passGate();
      await began;
      await untilIdle(deployment.handle, ['awaitRollout']);
      return nothing;
    },
  },
  {
    name: 'the gate waits',
    async reach(deployment) {
      await deployment.untilGate();
      await untilIdle(deployment.handle);
      return nothing;
    },
  },
  {
    name: 'an activity waits for its next attempt',
    async reach(deployment, scene) {
      scene.at('2.2.rollout', () => {
        throw ApplicationFailure.create({ message: 'not now', type: 'Unavailable', nextRetryDelay: '30s' });
      });
      await deployment.passGate();
      await untilRetrying(deployment.handle);
      return nothing;
    },
  },
  {
    name: 'within a workflow task',
    async reach(deployment, scene) {
      const written = scene.next(({ id, when }) => id === '2.2.candidate' && when === 'after');
      await deployment.passGate();
      await written;
      // The answer is on its way to the server: the abort meets the task anywhere between its schedule and its end.
      await delay(Math.random() * 12);
      return nothing;
    },
  },
  {
    name: 'paused',
    async reach(deployment, scene) {
      await watching(deployment);
      const guarded = scene.began('sampleSignals');
      await deployment.send('pause', { by: 'eva' });
      await guarded;
      await untilIdle(deployment.handle, ['sampleSignals']);
      return nothing;
    },
  },
  {
    name: 'a storm: 100 signals a second',
    async reach(deployment) {
      await watching(deployment);
      const storm: Promise<void>[] = [];
      const send = () => deployment.approve('0000000', 'mallory');
      const gusts = setInterval(() => storm.push(...Array.from({ length: 5 }, send)), 50);
      await delay(200);
      return async () => {
        clearInterval(gusts);
        await Promise.all(storm);
      };
    },
  },
];

async function watching(deployment: Deployment): Promise<void> {
  await deployment.passGate();
  await deployment.until(({ share }) => share > 0);
  await untilIdle(deployment.handle, ['sampleSignals']);
}
