import type * as Client from '@kubernetes/client-node';
import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment, Follower, Pod, Reference } from '../kubernetes';
import { readers, readPod } from './objects';

/** Follows one Deployment and the pods of its selector by two watches, which begin with what is there. */
export async function follow(
  { Watch }: Pick<typeof Client, 'Watch'>,
  config: Client.KubeConfig,
  { namespace, name }: Reference<'Deployment'>,
  labelSelector: string,
): Promise<Follower> {
  const pods = new Map<string, Pod>();
  let deployment: Deployment | null = null;
  let ended = false;
  let wake = (): void => undefined;
  let news = false;
  const tell = (): void => {
    news = true;
    wake();
  };
  const end = (): void => {
    ended = true;
    wake();
  };
  const onDeployment = (phase: string, raw: unknown): void => {
    // An error inside a stream that was answered with 200: 410, or a server that goes away.
    if (phase === 'ERROR') return end();
    deployment = phase === 'DELETED' ? null : readers.Deployment(raw);
    tell();
  };
  const onPod = (phase: string, raw: unknown): void => {
    if (phase === 'ERROR') return end();
    const pod = readPod(raw);
    if (phase === 'DELETED') pods.delete(pod.name);
    else pods.set(pod.name, pod);
    tell();
  };
  const watch = new Watch(config);
  const open = [
    await watch.watch(`/apis/apps/v1/namespaces/${namespace}/deployments`, { fieldSelector: `metadata.name=${name}` }, onDeployment, end),
    await watch.watch(`/api/v1/namespaces/${namespace}/pods`, { labelSelector }, onPod, end),
  ];
  return {
    deployment: () => deployment,
    pods: () => [...pods.values()],
    async next(milliseconds, signal) {
      const stop = new AbortController();
      const either = AbortSignal.any([signal, stop.signal]);
      const told = new Promise<void>((resolve) => (wake = resolve));
      if (!news && !ended)
        await Promise.race([told, delay(milliseconds, undefined, { signal: either, ref: false }).catch(() => undefined)]);
      stop.abort();
      signal.throwIfAborted();
      if (ended) return 'ended';
      const was = news;
      news = false;
      return was ? 'event' : 'time';
    },
    stop: () => {
      for (const controller of open) controller.abort();
    },
  };
}
