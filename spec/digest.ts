import { createHash } from 'node:crypto';
import type { Spec } from '../workflows/runbook/spec';

/** sha256 over the spec as canonical JSON: the same for the same rules, however the files are written. */
export const planDigest = (spec: Spec): string => createHash('sha256').update(canonicalJson(spec)).digest('hex');

/** JSON with sorted keys and without what is undefined. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (isRecord(inner) ? sorted(inner) : inner));
}
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const sorted = (record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
