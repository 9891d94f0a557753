import { isFields } from '../json';
import { jsonPatch } from '../patch/json-patch';
import { mergePatch } from '../patch/merge';
import { strategicPatch } from '../patch/strategic';
import type { Resource } from '../resources/resource';
import { duplicateFields } from '../schema/duplicate-fields';
import { refuse } from '../status';
import { parseBody } from './decode';

/** A patch that can be put on a current object. */
export interface Patch {
  readonly apply: (current: unknown) => unknown;
  readonly duplicates: readonly string[];
}

const types: Readonly<Record<string, { readonly custom: boolean; readonly apply: (current: unknown, patch: unknown) => unknown }>> = {
  'application/json-patch+json': { custom: true, apply: jsonPatch },
  'application/merge-patch+json': { custom: true, apply: (current, patch) => mergePatch(current, requireObject(patch)) },
  'application/strategic-merge-patch+json': { custom: false, apply: (current, patch) => strategicPatch(current, requireObject(patch)) },
};

/** Reads a patch by its media type. @throws StatusError 400 or 415 (server-side apply, strategic merge of custom resources) */
export function readPatch(body: string, contentType: string, resource: Resource): Patch {
  const type = Object.hasOwn(types, contentType) ? types[contentType] : undefined;
  if (!type || (resource.custom && !type.custom)) {
    const accepted = Object.entries(types).filter(([, { custom }]) => custom || !resource.custom);
    throw refuse.unsupportedMediaType(
      contentType,
      accepted.map(([name]) => name),
    );
  }
  const patch = parseBody(body, 'application/json');
  return {
    apply: (current) => type.apply(current, patch),
    duplicates: Array.isArray(patch) ? [] : duplicateFields(body),
  };
}

function requireObject(patch: unknown): Readonly<Record<string, unknown>> {
  if (!isFields(patch)) throw refuse.badRequest('error decoding patch: the patch is no object');
  return patch;
}
