import { fieldsOf, isFields } from '../json';
import type { Ledger } from '../ledger';
import type { Draft, KubeObject } from '../objects';
import type { Access } from '../resources/resource';
import { takeMain } from '../resources/subresources';
import { cause, refuse, statusBody, StatusError } from '../status';
import type { DeleteOptions, Outcome, Registry, WriteOptions } from '../store/registry';
import { answer, type Answer } from './answer';
import type { Call } from './call';
import { decode, decodeBody, parseBody, readDirective } from './decode';
import { readPatch } from './patch';
import { presentAs } from './present';
import { readSelection } from './read';

type Attempted = { readonly outcome: Outcome; readonly code: number; readonly body: unknown; readonly warnings: readonly string[] };

/** Does a write and enters it in the ledger, also when it is refused. @throws StatusError */
export function write(registry: Registry, ledger: Ledger, call: Call, decide: (access: Access) => boolean): Answer {
  const { resource, namespace, name, subresource } = call.target;
  const { verb, manager } = call;
  if (verb === 'get' || verb === 'list' || verb === 'watch') throw refuse.methodNotAllowed();
  if (verb === 'deletecollection') return removeAll(registry, ledger, call, decide);
  if (resource.review) return answer(201, resource.review(decodeBody(call.body, call.contentType, resource, null, 'Warn').object, decide));
  const attempt = { resource, namespace, name, subresource: subresource?.name ?? '', verb, manager };
  try {
    const { outcome, code, body, warnings } = verbs[verb](registry, call);
    ledger.record(attempt, { code, changed: outcome.changed, object: outcome.object });
    return answer(code, body, warnings);
  } catch (error) {
    ledger.record(attempt, { code: error instanceof StatusError ? error.code : 500, changed: false });
    throw error;
  }
}

function optionsOf({ query, manager, target }: Call): WriteOptions {
  const dryRun = query.get('dryRun');
  if (dryRun !== null && dryRun !== 'All') throw refuse.badRequest(`dryRun: Unsupported value: "${dryRun}": supported values: "All"`);
  return { manager, subresource: target.subresource?.name ?? '', dryRun: dryRun !== null };
}

const verbs: Readonly<Record<'create' | 'update' | 'patch' | 'delete', (registry: Registry, call: Call) => Attempted>> = {
  create: (registry, call) => {
    const { resource, namespace, subresource } = call.target;
    if (subresource) return replace(registry, call, 201);
    if (resource.namespaced && namespace === '') throw refuse.methodNotAllowed();
    const { object, warnings } = decodeBody(call.body, call.contentType, resource, null, readDirective(call.query));
    requireSameNamespace(object, namespace);
    if (object.metadata.resourceVersion) throw refuse.badRequest('resourceVersion should not be set on objects to be created');
    const outcome = registry.create(resource, namespace, object, optionsOf(call));
    return { outcome, code: 201, body: outcome.object, warnings };
  },
  update: (registry, call) => replace(registry, call, 200),
  patch: (registry, call) => {
    const { resource, namespace, name, subresource } = call.target;
    const definition = subresource?.definition ?? null;
    if (definition && !definition.verbs.includes('patch')) throw refuse.methodNotAllowed();
    const directive = readDirective(call.query);
    const patch = readPatch(call.body, call.contentType, resource);
    let warnings: readonly string[] = [];
    const take = (current: KubeObject): Draft => {
      const shown = definition ? definition.show(current) : current;
      const decoded = decode(patch.apply(shown), resource, definition, directive, patch.duplicates, true);
      warnings = decoded.warnings;
      requireSameName(decoded.object, name);
      requireSameNamespace(decoded.object, namespace);
      return definition
        ? guarded(definition.take(current, decoded.object, resource), decoded.object)
        : takeMain(current, decoded.object, resource);
    };
    const outcome = registry.update(resource, namespace, name, take, optionsOf(call));
    return { outcome, code: 200, body: shownAs(call, outcome.object), warnings };
  },
  delete: (registry, call) => {
    const { resource, namespace, name, subresource } = call.target;
    if (subresource) throw refuse.methodNotAllowed();
    const outcome = registry.remove(resource, namespace, name, readDeleteOptions(call), optionsOf(call));
    const { metadata } = outcome.object;
    const details = { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural, uid: metadata.uid };
    const whole = !outcome.gone || resource.grace(outcome.object) !== null;
    return { outcome, code: 200, body: whole ? outcome.object : statusBody('Success', 200, details), warnings: [] };
  },
};

/** PUT, and POST to a subresource. */
function replace(registry: Registry, call: Call, code: number): Attempted {
  const { resource, namespace, name, subresource } = call.target;
  const definition = subresource?.definition ?? null;
  if (definition && !definition.verbs.includes(call.verb)) throw refuse.methodNotAllowed();
  const { object, warnings } = decodeBody(call.body, call.contentType, resource, definition, readDirective(call.query));
  requireSameName(object, name);
  requireSameNamespace(object, namespace);
  if (call.verb === 'update' && !resource.overwrites && !object.metadata.resourceVersion) {
    throw refuse.invalid(resource, name, [cause.invalid('metadata.resourceVersion', 0, 'must be specified for an update')]);
  }
  const take = (current: KubeObject): Draft =>
    definition ? guarded(definition.take(current, object, resource), object) : takeMain(current, object, resource);
  const outcome = registry.update(resource, namespace, name, take, optionsOf(call));
  const body = definition?.silent ? statusBody('Success', 201, {}) : shownAs(call, outcome.object);
  return { outcome, code, body, warnings };
}

/** What is written keeps the identity and version that the caller sent, so that they are compared. */
function guarded(next: KubeObject, sent: Draft): KubeObject {
  const { uid = next.metadata.uid, resourceVersion = next.metadata.resourceVersion } = sent.metadata;
  return { ...next, metadata: { ...next.metadata, uid, resourceVersion } };
}

function shownAs(call: Call, object: KubeObject): unknown {
  const { resource, subresource } = call.target;
  if (subresource) return subresource.definition.show(object);
  return presentAs(resource, call.accept, call.query.get('includeObject'))([object], false, 0);
}

function requireSameName({ metadata }: Draft, name: string): void {
  if (metadata.name !== undefined && metadata.name !== '' && metadata.name !== name) {
    throw refuse.badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
}
function requireSameNamespace({ metadata }: Draft, namespace: string): void {
  if (metadata.namespace !== undefined && metadata.namespace !== '' && metadata.namespace !== namespace) {
    throw refuse.badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
}

function readDeleteOptions({ body, query, contentType }: Call): DeleteOptions {
  const parsed = body.trim() === '' ? {} : parseBody(body, contentType);
  const sent = isFields(parsed) ? parsed : {};
  const { uid, resourceVersion } = fieldsOf(sent.preconditions);
  const grace = sent.gracePeriodSeconds ?? (query.has('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : undefined);
  const policy = sent.propagationPolicy ?? query.get('propagationPolicy');
  return {
    ...(typeof grace === 'number' && Number.isFinite(grace) ? { gracePeriodSeconds: grace } : {}),
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    orphan: policy === 'Orphan' || sent.orphanDependents === true,
  };
}

function removeAll(registry: Registry, ledger: Ledger, call: Call, decide: (access: Access) => boolean): Answer {
  const { resource, namespace } = call.target;
  const objects = registry.store.list(resource, namespace).filter(readSelection(call));
  for (const { metadata } of objects) {
    const target = { ...call.target, namespace: metadata.namespace ?? '', name: metadata.name };
    write(registry, ledger, { ...call, verb: 'delete', target }, decide);
  }
  return answer(200, statusBody('Success', 200, { kind: resource.plural }));
}
