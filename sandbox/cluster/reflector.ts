import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterClient, hasStatus } from './client';
import type { KubernetesList, KubernetesObject } from './objects';

/** A live copy of one list of the API, kept by list and watch. */
export interface Reflector<T> {
  items(): readonly T[];
  get(name: string): T | undefined;
  stop(): Promise<void>;
}
export interface Watcher<T> {
  /** An object is new or has changed. */
  changed?(object: T): void;
  gone?(object: T): void;
}

/** Pause before a broken watch is opened again, in milliseconds. */
const pause = 200;

/** Lists, then watches from there; resolves once the first list is in. A lost watch goes on where it was, or lists again. */
export async function reflect<T extends KubernetesObject>(
  client: ClusterClient,
  path: string,
  watcher: Watcher<T> = {},
): Promise<Reflector<T>> {
  const objects = new Map<string, T>();
  const stopped = new AbortController();
  const isStopped = (): boolean => stopped.signal.aborted;

  const take = (object: T): void => {
    const known = objects.get(object.metadata.name);
    objects.set(object.metadata.name, object);
    if (known !== undefined && known.metadata.uid !== object.metadata.uid) watcher.gone?.(known);
    if (known?.metadata.resourceVersion !== object.metadata.resourceVersion) watcher.changed?.(object);
  };
  const drop = (object: T): void => {
    if (objects.delete(object.metadata.name)) watcher.gone?.(object);
  };
  const list = async (): Promise<string> => {
    const answer = await client.call<KubernetesList<T>>(path);
    const names = new Set(answer.items.map((object) => object.metadata.name));
    [...objects.values()].filter((object) => !names.has(object.metadata.name)).forEach(drop);
    answer.items.forEach(take);
    return answer.metadata.resourceVersion ?? '';
  };

  const follow = async (from: string): Promise<void> => {
    let version = from;
    const event = (text: string): void => {
      const { type, object } = JSON.parse(text) as { readonly type: string; readonly object: T };
      if (type === 'ERROR') {
        version = '';
        return;
      }
      version = object.metadata.resourceVersion ?? version;
      if (type === 'DELETED') drop(object);
      else if (type !== 'BOOKMARK') take(object);
    };
    while (!isStopped()) {
      try {
        if (version === '') version = await list();
        await client.stream(path, { watch: 'true', resourceVersion: version, allowWatchBookmarks: 'true' }, event, stopped.signal);
      } catch (error) {
        if (isStopped()) return;
        if (hasStatus(error, 410)) version = '';
        await delay(pause, undefined, { signal: stopped.signal }).catch(() => undefined);
      }
    }
  };

  const following = follow(await list());
  return {
    items: () => [...objects.values()],
    get: (name) => objects.get(name),
    stop: () => {
      stopped.abort();
      return following;
    },
  };
}
