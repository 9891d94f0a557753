import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { parseDocument } from 'yaml';
import { type LoadResult, readSpec, starterSpec } from '../../spec';
import { formatProblem } from '../../spec/problems';
import type { Path } from '../../spec/problems';

/** A folder for the test file, and a way to write files into it. */
export function specFolder(): (name: string, text: string | Uint8Array) => string {
  const folder = mkdtempSync(join(tmpdir(), 'analytics-deploy-spec-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name, text) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
}

/** The default spec with one value changed; `undefined` takes the key away. */
export function changed(path: Path, value: unknown): string {
  const document = parseDocument(starterSpec());
  if (value === undefined) document.deleteIn(path);
  else document.setIn(path, document.createNode(value));
  return document.toString({ lineWidth: 0 });
}

/** The problems as a person reads them. */
export const told = (result: LoadResult): readonly string[] => (result.ok ? [] : result.problems.map(formatProblem));
export const problemsOf = (text: string): readonly string[] => told(readSpec(text, 'analytics.yaml'));
