import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../objects';
import { apiVersionOf } from '../resources/resource';
import { refuse, StatusError } from '../status';
import type { Registry } from '../store/registry';
import type { Change } from '../store/store';
import type { Answer } from './answer';
import type { Call } from './call';
import { presentAs } from './present';
import { readSelection } from './read';

/** Between two bookmarks, in milliseconds, as on the real server. */
const bookmarkEvery = 60_000;
/** How long a watch lasts that asks for no time, in seconds. */
const longest = 1_800;

/** Streams changes until the time is over or the client goes. @throws StatusError 400 */
export function watch(registry: Registry, call: Call): Answer {
  const { resource } = call.target;
  const { query } = call;
  const isSelected = readSelection(call);
  const present = presentAs(resource, call.accept, query.get('includeObject'));
  const from = query.get('resourceVersion') ?? '';
  const seconds = Number(query.get('timeoutSeconds') ?? longest);
  const bookmarks = query.get('allowWatchBookmarks') === 'true';
  const initial = query.get('sendInitialEvents') === 'true' || (query.get('sendInitialEvents') === null && (from === '' || from === '0'));
  if (!/^\d*$/.test(from)) throw refuse.badRequest(`Invalid value: "${from}": strconv.ParseUint: parsing "${from}": invalid syntax`);
  if (!(seconds >= 0)) throw refuse.badRequest(`unable to decode timeoutSeconds "${query.get('timeoutSeconds') ?? ''}"`);

  const start = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
    const { store } = registry;
    const write = (type: string, object: unknown): void => void response.write(`${JSON.stringify({ type, object })}\n`);
    const show = (object: KubeObject): unknown => present([object], false, store.version);
    const bookmark = (annotations: Readonly<Record<string, string>> = {}): void => {
      const metadata = {
        resourceVersion: String(store.version),
        creationTimestamp: null,
        ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      };
      write('BOOKMARK', { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata });
    };
    const report = (change: Change): void => {
      if (change.resource !== resource) return;
      const event = seenAs(change, isSelected);
      if (event) write(event, show(change.object));
    };

    if (initial) {
      for (const object of store.list(resource, '').filter(isSelected)) write('ADDED', show(object));
      if (query.get('sendInitialEvents') === 'true') bookmark({ 'k8s.io/initial-events-end': 'true' });
    } else {
      const missed = store.since(Number(from || store.version));
      if (missed === null) {
        write('ERROR', new StatusError(410, 'Expired', `too old resource version: ${from} (${store.version})`).body());
        response.end();
        return;
      }
      missed.forEach(report);
    }
    // The headers go out at once, also when there is nothing to tell.
    response.flushHeaders();
    const unsubscribe = store.subscribe(report);
    const ticking = bookmarks ? setInterval(bookmark, bookmarkEvery) : undefined;
    const ending = setTimeout(() => {
      if (bookmarks) bookmark();
      response.end();
    }, seconds * 1_000);
    response.on('close', () => {
      unsubscribe();
      clearInterval(ticking);
      clearTimeout(ending);
    });
  };
  return { kind: 'stream', start };
}

/** A change as a watch with selectors sees it: an object may come into view or leave it. */
function seenAs(change: Change, isSelected: (object: KubeObject) => boolean): Change['type'] | null {
  const before = change.previous !== null && isSelected(change.previous);
  const after = change.type !== 'DELETED' && isSelected(change.object);
  if (before && after) return 'MODIFIED';
  if (after) return 'ADDED';
  return before ? 'DELETED' : null;
}
