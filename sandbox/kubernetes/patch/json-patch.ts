import { applyPatch, type Operation } from 'rfc6902';
import { copyJson, isFields } from '../json';
import { refuse } from '../status';

const operations = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);
/** The real server's limit. */
const mostOperations = 10_000;

/**
 * RFC 6902 on a copy of the target: all operations or none.
 * @throws StatusError 400 where it is no JSON Patch, 413 for too many operations, 422 where an operation fails, `test` included.
 */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw refuse.badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  if (patch.length > mostOperations) throw refuse.tooLarge(mostOperations, patch.length);
  const result = copyJson(target);
  for (const operation of patch as readonly unknown[]) {
    if (!isOperation(operation)) throw refuse.patchFailed();
    const [failure] = applyPatch(result, [operation]);
    if (failure) throw refuse.patchFailed();
  }
  return result;
}

function isOperation(value: unknown): value is Operation {
  if (!isFields(value) || typeof value.op !== 'string' || !operations.has(value.op)) return false;
  return [value.path, value.from ?? ''].every((path) => typeof path === 'string' && !path.split('/').includes('__proto__'));
}
