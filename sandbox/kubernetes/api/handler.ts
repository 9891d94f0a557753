import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Asked, Effect, Faults } from '../faults';
import type { Ledger } from '../ledger';
import { controllerManager } from '../ledger';
import type { Access, Resource, Verb } from '../resources/resource';
import { refuse, StatusError } from '../status';
import type { Registry } from '../store/registry';
import { answer, type Answer, send, warningHeader } from './answer';
import { type Call, managerOf, verbOf } from './call';
import { describeApi } from './discovery';
import { openApiMessage } from './openapi';
import { ownPage } from './own-pages';
import { get, list } from './read';
import { readTarget } from './target';
import { watch } from './watch';
import { write } from './write';

export interface HandlerParts {
  readonly registry: Registry;
  readonly resources: readonly Resource[];
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** User by bearer token. */
  readonly users: ReadonlyMap<string, string>;
  readonly denies: (access: Access) => boolean;
  /** Aborted when the server stops. */
  readonly stopped: AbortSignal;
}

/** Bodies above this size are refused, as by the real server (bytes). */
const largestBody = 3 * 1024 * 1024;
const open = new Set(['/healthz', '/livez', '/readyz', '/version']);

/** Answers one request after the other; what goes wrong becomes a Status. */
export function makeHandler(parts: HandlerParts): (request: IncomingMessage, response: ServerResponse) => void {
  const documents = describeApi(parts.resources);
  return (request, response) => {
    respond(parts, documents, request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return response.destroy();
      const status =
        error instanceof StatusError ? error : new StatusError(500, 'InternalError', `Internal error occurred: ${String(error)}`);
      send(response, status.code, status.body());
    });
  };
}

async function respond(
  parts: HandlerParts,
  documents: ReadonlyMap<string, unknown>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://sandbox');
  const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, '') : url.pathname;
  const user = parts.users.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
  if (user === undefined && !open.has(path)) throw refuse.unauthorized();
  const body = await readBody(request);
  const page = findPage(parts, documents, request, path, body);
  if (page) {
    send(response, 200, page.body, page.headers);
    return;
  }
  const target = readTarget(path, parts.resources);
  if (!target) throw refuse.noSuchPath();
  const verb = verbOf(request.method ?? 'GET', target, url.searchParams);
  if (verb === null) throw refuse.methodNotAllowed();
  const call: Call = {
    verb,
    target,
    query: url.searchParams,
    accept: request.headers.accept ?? '',
    contentType: (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? '',
    body,
    manager: managerOf(url.searchParams, request.headers['user-agent'] ?? ''),
  };
  const effects = parts.faults.meet(askedBy(call));
  for (const effect of effects) if (effect.kind === 'delay') await wait(effect.milliseconds, parts.stopped);
  if (response.destroyed) return;
  const result = perform(parts, call, user ?? '', effects);
  deliver(response, result, effects);
}

interface Page {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is not about objects: the sandbox's own pages, health, and what the server offers. */
function findPage(
  parts: HandlerParts,
  documents: ReadonlyMap<string, unknown>,
  { method = 'GET', headers: { accept = '' } }: IncomingMessage,
  path: string,
  body: string,
): Page | null {
  if (path.startsWith('/_sandbox/')) return { body: ownPage(parts, path, method, body) };
  if (method !== 'GET') return null;
  if (path === '/openapi/v2' && accept.includes(openApiMessage.asked)) {
    return { body: '', headers: { 'content-type': openApiMessage.answered } };
  }
  const document = documents.get(path);
  return document === undefined ? null : { body: document };
}

/** What faults and the ledger see of a call. */
function askedBy({ verb, target, manager }: Call): Asked {
  const { resource, subresource, namespace, name } = target;
  return {
    verb,
    resource: resource.plural,
    subresource: subresource?.name ?? '',
    namespace,
    name,
    manager: manager === controllerManager ? '' : manager,
  };
}

async function wait(milliseconds: number, stopped: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal: stopped }).catch(() => undefined);
}

type Result = { readonly answer: Answer } | { readonly error: unknown };

/** Does what is asked, unless a fault keeps it from being done. */
function perform(parts: HandlerParts, call: Call, user: string, effects: readonly Effect[]): Result {
  const prevented = effects.find((effect) => effect.kind !== 'delay' && effect.applied !== true);
  if (prevented) {
    recordRefusal(parts, call, prevented);
    return { answer: answer(200, null) };
  }
  try {
    const allowed = (access: Access): boolean => !parts.denies(access);
    requireAllowed(call, user, allowed);
    return { answer: verbs[call.verb](parts, call, allowed) };
  } catch (error) {
    return { error };
  }
}

const writes: Verbs['create'] = ({ registry, ledger }, call, allowed) => write(registry, ledger, call, allowed);
type Verbs = Readonly<Record<Verb, (parts: HandlerParts, call: Call, allowed: (access: Access) => boolean) => Answer>>;
const verbs: Verbs = {
  get: ({ registry }, call) => get(registry, call),
  list: ({ registry }, call) => list(registry, call),
  watch: ({ registry }, call) => watch(registry, call),
  create: writes,
  update: writes,
  patch: writes,
  delete: writes,
  deletecollection: writes,
};

function recordRefusal({ ledger }: HandlerParts, { verb, target, manager }: Call, effect: Effect): void {
  if (verb === 'get' || verb === 'list' || verb === 'watch') return;
  const { resource, namespace, name, subresource } = target;
  const code = effect.kind === 'answer' ? effect.status : 0;
  ledger.record({ resource, namespace, name, subresource: subresource?.name ?? '', verb, manager }, { code, changed: false });
}

function requireAllowed({ verb, target }: Call, user: string, allowed: (access: Access) => boolean): void {
  const { resource, namespace, name, subresource } = target;
  if (!resource.verbs.includes(verb) && !subresource) throw refuse.methodNotAllowed();
  const access = { verb, group: resource.group, resource: resource.plural, subresource: subresource?.name ?? '', namespace, name };
  if (resource.review || allowed(access)) return;
  const what = subresource ? `${resource.plural}/${subresource.name}` : resource.plural;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  throw refuse.forbidden(
    { ...resource, plural: what },
    name,
    `User "${user}" cannot ${verb} resource "${what}" in API group "${resource.group}" ${where}`,
  );
}

function deliver(response: ServerResponse, result: Result, effects: readonly Effect[]): void {
  const fault = effects.find((effect) => effect.kind !== 'delay');
  if (fault?.kind === 'drop') {
    response.destroy();
    return;
  }
  if (fault?.kind === 'answer') {
    const { status, headers = {}, reason = reasons[status] ?? 'InternalError', message = `sandbox fault: ${status}` } = fault;
    send(response, status, new StatusError(status, reason, message).body(), headers);
    return;
  }
  if ('error' in result) throw result.error;
  if (result.answer.kind === 'stream') {
    result.answer.start(response);
    return;
  }
  const { code, body, warnings } = result.answer;
  send(response, code, body, warnings.length > 0 ? { warning: warnings.map(warningHeader) } : {});
}

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new StatusError(413, 'RequestEntityTooLarge', `limit is ${largestBody} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
