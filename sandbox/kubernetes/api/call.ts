import type { Verb } from '../resources/resource';
import type { Target } from './target';

/** One request to a resource, read but not yet judged. */
export interface Call {
  readonly verb: Verb;
  readonly target: Target;
  readonly query: URLSearchParams;
  readonly accept: string;
  /** Without parameters. */
  readonly contentType: string;
  readonly body: string;
  /** Field manager, else the user agent up to its first slash. */
  readonly manager: string;
}

const collection: Readonly<Record<string, Verb>> = { GET: 'list', POST: 'create', DELETE: 'deletecollection' };
const single: Readonly<Record<string, Verb>> = { GET: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** The verb of a request; null where the method is not for this path. */
export function verbOf(method: string, target: Target, query: URLSearchParams): Verb | null {
  if (target.name === '') {
    const watches = method === 'GET' && ['true', '1'].includes(query.get('watch') ?? '');
    return watches ? 'watch' : (collection[method] ?? null);
  }
  if (target.subresource && method === 'POST') return 'create';
  return single[method] ?? null;
}

/** Who writes: the field manager, or the name of the client program. */
export function managerOf(query: URLSearchParams, userAgent: string): string {
  return query.get('fieldManager') || userAgent.split('/')[0] || 'unknown';
}
