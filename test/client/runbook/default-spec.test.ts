import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { coverageOf } from '../../../client/runbook/coverage';
import { asDocument, runbookMarkdown } from '../../../client/runbook/markdown';
import { factsIn } from '../../../client/runbook/facts';
import { registryOf } from '../../../client/runbook/registry';
import { coveredRisks, risks } from '../../../client/runbook/risks';
import { rulesOf } from '../../../client/runbook/rules';
import { source } from '../../../client/runbook/source';
import type { Registry } from '../../../client/runbook/stands';
import { nameOf } from '../../../client/screens/runbook';
import { loadSpec, planDigest } from '../../../spec';
import { jsonSchema } from '../../../spec/json-schema';
import { defaultTaskQueues } from '../../../workflows/messages';
import { planOf, type PlanLine } from '../../../workflows/runbook/plan';
import { attestationIds, attestations, isAttestation } from '../../../workflows/runbook/attestations';
import type { DeploymentRequest } from '../../../workflows/runbook/release';
import { noticeKinds, type AnnouncementsSpec, type Spec } from '../../../workflows/runbook/spec';

/** What has nothing that stands for it, with this plan. */
function missing(lines: readonly PlanLine[], of: DeploymentRequest = request): readonly string[] {
  return coverageOf(registryOf(of, lines)).unmapped.flatMap(({ by }) => by.filter(({ words }) => words === null).map(nameOf));
}
async function missingOf(changed: Spec): Promise<readonly string[]> {
  const of = { ...request, spec: changed };
  return missing(await planOf(of), of);
}
async function print(of: DeploymentRequest): Promise<string> {
  const lines = await planOf(of);
  const made = registryOf(of, lines);
  return runbookMarkdown(of, lines, made, coverageOf(made));
}

/** The places of all single values. */
function places(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [path];
  return Object.entries(value).flatMap(([key, one]) => places(one, [...path, key]));
}
function changedAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return typeof value === 'number' ? value * 2 + 1 : typeof value === 'boolean' ? !value : `${String(value)}x`;
  if (Array.isArray(value)) return value.map((one: unknown, at) => (String(at) === key ? changedAt(one, rest) : one));
  return { ...(value as object), [key]: changedAt((value as Record<string, unknown>)[key], rest) };
}

/** Without the value at a path; `#2` is the second of a list. */
function without(value: unknown, [key = '', ...rest]: readonly string[]): unknown {
  if (Array.isArray(value)) return value.filter((_, at) => `#${at + 1}` !== key);
  const { [key]: gone, ...others } = value as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [key]: without(gone, rest) };
}

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
const { spec } = request;
let plan: readonly PlanLine[];
let registry: Registry;
beforeAll(async () => {
  plan = await planOf(request);
  registry = registryOf(request, plan);
});

/** Lines of the plan that the index names, those alone that nothing else would do for. */
function named(): readonly PlanLine[] {
  const stands = source.flatMap(({ lines }) => lines.flatMap(([, , by]) => by)).filter((stand) => !stand.includes('|'));
  return plan.filter(({ id, kind }) => kind !== 'off' && (stands.includes(`step:${id}`) || stands.includes(`attestation:${id}`)));
}

describe('the default spec', () => {
  test('stands for every line of the source', () => {
    const { unmapped } = coverageOf(registry);
    expect(
      unmapped.map(({ section, ordinal, by }) => `${section} ${ordinal}: ${by.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`),
    ).toEqual([]);
  });

  test('would leave a line without anything if one of the steps or attestations that it names were taken out of the runbook', () => {
    expect(named().length).toBeGreaterThan(60);
    for (const gone of named()) expect([gone.id, missing(plan.filter((line) => line !== gone)).length]).not.toEqual([gone.id, 0]);
  });

  test('would leave lines without anything if a section of the runbook were not performed', () => {
    for (const section of new Set(named().map(({ section }) => section)))
      expect([section, missing(plan.filter((line) => line.section !== section)).length]).not.toEqual([section, 0]);
  });

  test('would leave a line without anything if one of the values that it names were taken out of the spec', () => {
    const rules = new Set(source.flatMap(({ lines }) => lines.flatMap(([, , by]) => by.filter((stand) => stand.startsWith('rule:')))));
    expect(rules.size).toBeGreaterThan(30);
    for (const rule of rules) {
      const less = without(spec, rule.slice('rule:'.length).split('.')) as Spec;
      expect([rule, missing(plan, { ...request, spec: less }).length]).not.toEqual([rule, 0]);
    }
  });

  test('would leave a line without anything if one of the facts that it names were taken out of its message', () => {
    const facts = noticeKinds.flatMap((kind) => factsIn(kind).map(([fact]) => fact));
    expect(facts.length).toBeGreaterThan(30);
    const stands = source.flatMap(({ lines }) => lines.flatMap(([, , by]) => by));
    expect(stands.filter((stand) => /^announcement:.*\./.test(stand) && !facts.includes(stand.slice('announcement:'.length)))).toEqual([]);
    for (const fact of facts.filter((one) => stands.includes(`announcement:${one}`))) {
      const without = new Map([...registry.announcement].filter(([name]) => name !== fact));
      expect([fact, coverageOf({ ...registry, announcement: without }).unmapped.length]).not.toEqual([fact, 0]);
    }
  });

  test('has every line of a message by a fact of it, by a value of the spec, by a reason, or because somebody gets it', () => {
    const lines = source.filter(({ section }) => section.startsWith('message: ')).flatMap((section) => section.lines);
    const whole = lines.filter(([, , by]) => by.every((stand) => /^announcement:\w+$/.test(stand))).map(([, label]) => label);
    expect([...new Set(whole)]).toEqual(['to whom', 'more will follow', 'subject: it succeeded']);
  });

  test('has the way back tried out only where somebody says so, with where and when', () => {
    expect(attestations['team.rollback'].title).toMatch(/reviewed and tried out \(where, when\)/);
    const proof = spec.success?.criteria.find(({ id }) => id === 'success.rollback');
    expect(proof).toMatchObject({ title: expect.stringContaining('tried out'), steps: expect.arrayContaining(['team.rollback']) });
  });

  test('leaves a line without anything where a list that it names is empty', async () => {
    const windows = spec.windows && { ...spec.windows, timeZones: [], peak: spec.windows.peak && { ...spec.windows.peak, days: [] } };
    const announcements = { ...(spec.announcements as AnnouncementsSpec), expect: [] };
    expect(await missingOf({ ...spec, ...(windows ? { windows } : {}), announcements } as Spec)).toEqual([
      'rule announcements.expect',
      ...[1, 2, 3, 4].map((place) => `rule announcements.expect.#${place}`),
      'rule announcements.expect',
      'rule windows.peak.days',
      'rule windows.timeZones',
    ]);
  });

  test('one line of the checklist that is off hides no other that is missing', async () => {
    const without = { ...request, spec: { ...spec, off: { 'checklist.redis': 'no Redis' } } };
    const lines = await planOf(without);
    expect(missing(lines, without)).toEqual([]);
    const noDashboards = lines.filter(({ id }) => id !== 'checklist.dashboards');
    expect(missing(noDashboards, without)).toContain('step checklist.dashboards');
  });

  test('leaves lines without anything where nobody is asked, nothing is sent, nobody can be called, or a signal is known by nothing', async () => {
    const { attestations: _, ...unasked } = spec;
    expect(await missingOf(unasked)).toContain('attestation team.channels');
    const nobody = Object.fromEntries(noticeKinds.map((kind) => [kind, []]));
    const unsent = await missingOf({ ...spec, announcements: { ...(spec.announcements as AnnouncementsSpec), sinks: nobody } });
    expect(unsent).toEqual(expect.arrayContaining(['announcement status', 'announcement digest', 'contact primary']));
    const signals = spec.monitoring?.signals.map((signal) => (signal.step === undefined ? signal : { ...signal, step: 'no.step' })) ?? [];
    expect(await missingOf({ ...spec, monitoring: { signals } })).toContain('signal deployment.certificate');
    const { database: __, ...undumped } = spec;
    expect(await missingOf(undumped)).toEqual(expect.arrayContaining(['step checklist.backup', 'rollback level database', 'risk data']));
  });

  test('is covered with shares and phases of its own, and without windows by the reason for it', async () => {
    const ramp = {
      ...spec.ramp,
      initial: { ...spec.ramp.initial, share: 5 },
      steps: [
        { share: 25, watch: 60_000 },
        { share: 100, watch: 60_000 },
      ],
    };
    const followUps = spec.followUps && {
      ...spec.followUps,
      phases: spec.followUps.phases.map((phase, at) => ({ ...phase, id: `phase-${at}` })),
    };
    const { windows: _, ...open } = { ...spec, ramp, ...(followUps ? { followUps } : {}) };
    expect(await missingOf(open)).toEqual([]);
    const of = { ...request, spec: open };
    const risky = coveredRisks(registryOf(of, await planOf(of))).filter(({ by }) => by.some(({ words }) => words === null));
    expect(risky.map(({ id }) => id)).toEqual([]);
  });

  test('asks people only for what stands in the closed list, which is short and says why no machine can look', () => {
    expect(attestationIds.length).toBeLessThanOrEqual(40);
    for (const id of attestationIds) expect(attestations[id].why).toMatch(/\S+ \S+/);
    const people = source
      .flatMap(({ lines }) => lines.flatMap(([, , by]) => by.flatMap((stand) => stand.split('|'))))
      .filter((stand) => stand.startsWith('attestation:'));
    expect(people.map((stand) => stand.slice('attestation:'.length)).filter((id) => !isAttestation(id))).toEqual([]);
  });

  test('judges errors by endpoint where the source has them so', () => {
    const line = source.flatMap(({ lines }) => lines).find(([, label]) => label === 'errors by endpoint: below 5 %');
    expect(line?.[2]).toEqual(['signal:application.errors']);
    expect(registryOf(request, plan).signal.get('application.errors')).toBe('errors: judged by every watch as errors, also by path');
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
    expect(off.leftOut('1.3.load')).toBe('no load generator may reach staging');
    expect(coverageOf(off).unmapped).toEqual([]);
  });
});

describe('the printed runbook', () => {
  test('docs/runbook.md is what the program prints of the default spec', async () => {
    expect(existsSync('docs/runbook.md') && readFileSync('docs/runbook.md', 'utf8')).toBe(await print(asDocument(request)));
  });

  test('follows every value of the spec', async () => {
    const schema = jsonSchema();
    const told = (of: Spec) => rulesOf(of, schema).flatMap(({ path, value, isLeaf }) => (isLeaf ? `- \`${path}\` **${value}**` : []));
    const text = await print(request);
    expect(told(spec).filter((line) => !text.includes(line))).toEqual([]);
    expect(places(spec).length).toBeGreaterThan(400);
    expect(
      places(spec).filter((place) => {
        const [key = ''] = place;
        const alone = { [key]: spec[key as keyof Spec] } as unknown as Spec;
        return told(alone).join() === told(changedAt(alone, place) as Spec).join();
      }),
    ).toEqual([]);
  });

  test('tells the value of a limit on the line of the source that it stands for', async () => {
    const load = spec.load && { ...spec.load, limits: { ...spec.load.limits, p95: 900 } };
    expect(await print({ ...request, spec: { ...spec, ...(load ? { load } : {}) } })).toContain(
      'limit: 95 % within 500 ms: rule load.limits.p95 (900ms)',
    );
  });
});
