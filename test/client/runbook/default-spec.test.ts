import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { coverageOf } from '../../../client/runbook/coverage';
import { runbookMarkdown } from '../../../client/runbook/markdown';
import { registryOf } from '../../../client/runbook/registry';
import { coveredRisks, risks } from '../../../client/runbook/risks';
import { source } from '../../../client/runbook/source';
import type { Registry } from '../../../client/runbook/stands';
import { loadSpec, planDigest } from '../../../spec';
import { defaultTaskQueues } from '../../../workflows/messages';
import { planOf, type PlanLine } from '../../../workflows/runbook/plan';
import { attestationIds, attestations } from '../../../workflows/runbook/attestations';
import type { DeploymentRequest } from '../../../workflows/runbook/release';

function defaultRequest(): DeploymentRequest {
  const read = loadSpec(resolve('spec/analytics.yaml'));
  if (!read.ok) throw new Error('the default spec is not valid');
  return {
    deploymentId: 'analytics-production-v1.0.0-20261124T020000Z',
    version: 'v1.0.0',
    requester: 'ana',
    planDigest: planDigest(read.spec),
    spec: read.spec,
    searchAttributes: false,
    taskQueues: defaultTaskQueues,
  };
}
const request = defaultRequest();
let plan: readonly PlanLine[];
let registry: Registry;
beforeAll(async () => {
  plan = await planOf(request);
  registry = registryOf(request, plan);
});

describe('the default spec', () => {
  test('stands for every line of the source', () => {
    const { unmapped } = coverageOf(registry);
    expect(
      unmapped.map(({ section, ordinal, by }) => `${section} ${ordinal}: ${by.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`),
    ).toEqual([]);
  });

  test('would leave a line without anything if one of the steps that it names were taken away', () => {
    const named = new Set(
      source
        .flatMap(({ lines }) => lines.flatMap(([, , by]) => by))
        .flatMap((stand) => (stand.startsWith('step:') ? [stand.slice(5)] : [])),
    );
    expect(named.size).toBeGreaterThan(50);
    for (const gone of named) {
      const without: Registry = { ...registry, step: { get: (id) => (id === gone ? undefined : registry.step.get(id)) } };
      expect(coverageOf(without).unmapped.length).toBeGreaterThan(0);
    }
  });

  test('asks people only for what stands in the closed list, which is short and says why no machine can look', () => {
    expect(attestationIds.length).toBeLessThanOrEqual(40);
    for (const id of attestationIds) expect(attestations[id].why).toMatch(/\S+ \S+/);
    const named = source.flatMap(({ lines }) => lines.flatMap(([, , by]) => by)).filter((stand) => stand.startsWith('attestation:'));
    expect(
      named.map((stand) => stand.slice('attestation:'.length)).filter((id) => !(attestationIds as readonly string[]).includes(id)),
    ).toEqual([]);
  });

  test('covers each of the twelve risks by something that exists', () => {
    expect(risks).toHaveLength(12);
    const missing = coveredRisks(registry).flatMap(({ id, by }) =>
      by.filter(({ words }) => words === null).map(({ name }) => `${id}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test('a section that is switched off is told with its reason, and leaves no line without anything', async () => {
    const without = { ...request, spec: { ...request.spec, off: { '1.3': 'no load generator may reach staging' } } };
    const off = registryOf(without, await planOf(without));
    expect(off.step.get('1.3.load')).toBe('left out: no load generator may reach staging');
    expect(coverageOf(off).unmapped).toEqual([]);
  });
});

describe('the printed runbook', () => {
  test('docs/runbook.md is what the program prints of the default spec', async () => {
    expect(existsSync('docs/runbook.md') && readFileSync('docs/runbook.md', 'utf8')).toBe(
      runbookMarkdown(request, plan, registry, coverageOf(registry)),
    );
  });

  test('follows the values of the spec', async () => {
    const spec = { ...request.spec, ramp: { ...request.spec.ramp, selectorWatch: 7 * 60_000 } };
    const longer = { ...request, spec };
    const lines = await planOf(longer);
    const changed = registryOf(longer, lines);
    expect(runbookMarkdown(longer, lines, changed, coverageOf(changed))).toContain('7 min');
  });
});
