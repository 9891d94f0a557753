import type { StandIn } from '../../../../sandbox/kubernetes';
import { type Body, connect, mergePatch } from './api';

/** Says of a pod's image whether it runs and becomes ready. */
export type Judge = (image: string) => 'ready' | 'unready';

/** Scheduler and kubelet in a few lines: binds pods, reports them running, ends those that are deleted. */
export function runKubelet(server: StandIn, judge: Judge = () => 'ready'): { readonly stop: () => void } {
  const api = connect(server, 'kubelet');
  const known = new Map<string, Promise<unknown>>();
  let address = 1;
  let stopped = false;

  const start = async (pod: Body): Promise<void> => {
    const { namespace, name } = pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    const target = { apiVersion: 'v1', kind: 'Node', name: 'node-1' };
    await api.call('POST', `${path}/binding`, { body: { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target } });
    const [container] = pod.spec.containers as readonly { readonly image: string }[];
    const isReady = judge(container?.image ?? '') === 'ready';
    const lastTransitionTime = `${new Date().toISOString().slice(0, 19)}Z`;
    const status = {
      phase: 'Running',
      podIP: `10.1.0.${address++}`,
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime }],
    };
    await api.call('PATCH', `${path}/status`, { type: mergePatch, body: { status } });
  };
  const end = async (pod: Body): Promise<void> => {
    const { namespace, name } = pod.metadata;
    await api.call('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}`, { body: { gracePeriodSeconds: 0 } });
  };
  const once = (key: string, act: () => Promise<void>): void => {
    // The server may stop while a request is under way: nobody is interested any more then.
    if (!known.has(key))
      known.set(
        key,
        act().catch(() => undefined),
      );
  };
  const watching = api.watch('/api/v1/pods?watch=true', (events) => {
    for (const { type, object } of events.slice(known.size > 0 ? -50 : 0)) {
      if (type === 'DELETED') continue;
      if (object.metadata.deletionTimestamp !== undefined) once(`end ${object.metadata.uid}`, () => end(object));
      else if (object.spec.nodeName === undefined) once(`start ${object.metadata.uid}`, () => start(object));
    }
    return stopped;
  });
  watching.catch(() => undefined);
  return {
    stop: () => {
      stopped = true;
      api.close();
    },
  };
}
