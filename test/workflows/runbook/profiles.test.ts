import { describe, expect, test } from '@jest/globals';
import { defaultSpecPath, loadSpec } from '../../../spec';
import { sections } from '../../../workflows/runbook';
import { estimateOf, needsOf } from '../../../workflows/runbook/estimates';
import { planOf, planTotals } from '../../../workflows/runbook/plan';
import { gatesOf, leftOut, tailored } from '../../../workflows/runbook/profiles';
import type { EstimatesSpec, ProfileSpec, WindowsSpec } from '../../../workflows/runbook/spec';
import { testRequest, testSpec } from '../test-request';

const minute = 60_000;
const windows: WindowsSpec = {
  weekly: [{ name: 'weekday', days: ['Tue'], from: 120 * minute, to: 240 * minute }],
  freezes: [],
  buffer: 15 * minute,
  timeZones: [],
};
const gate = { approvals: 1, roles: ['lead'], expires: minute, onExpiry: 'rollback' } as const;
const hotfix: ProfileSpec = {
  about: 'one small correction',
  estimate: 'config',
  off: { '1.3': 'has been under load' },
  waits: { initial: 3 * minute, steps: 2 * minute },
  gate,
};
const range = (least: number, most: number) => ({ least: least * minute, most: most * minute });
const estimates: EstimatesSpec = {
  kind: 'code',
  table: { config: range(15, 30), code: range(30, 60), migration: range(45, 90), full: range(60, 120) },
};
const ramp = {
  initial: { share: 10, watch: 5 * minute },
  steps: [20, 50, 80, 100].map((share) => ({ share, watch: 10 * minute })),
  selectorWatch: 2 * minute,
  soak: 60 * minute,
};
const spec = testSpec({ windows, estimates, ramp, profiles: { hotfix } });
const standard = testRequest({ spec });
const short = testRequest({ spec, profile: 'hotfix' });
const emergency = testRequest({ spec, emergency: { reason: 'checkout is down' } });

describe('the profiles of the default spec', () => {
  const read = loadSpec(defaultSpecPath);
  if (!read.ok) throw new Error('The default spec does not load.');
  const linesOf = (profile?: string) => planOf(testRequest({ spec: read.spec, ...(profile === undefined ? {} : { profile }) }));
  const profiles = Object.keys(read.spec.profiles ?? {});

  test.each(profiles)('%s is proved by what it performs: no criterion asks for what it leaves out', async (profile) => {
    const lines = await linesOf(profile);
    const off = lines.filter(({ kind }) => kind === 'off').map(({ id }) => id);
    const proved = lines.filter(({ id, kind }) => id.startsWith('success.') && kind === 'check');
    const named = proved.flatMap(({ what }) => [...what.matchAll(/(\S+) done, nothing skipped/g)].map(([, id = '']) => id));
    expect(proved.length).toBeGreaterThan(3);
    expect(named.filter((id) => off.some((left) => id === left || id.startsWith(`${left}.`)))).toEqual([]);
  });

  test.each(profiles)('%s asks and looks at much less than the whole runbook', async (profile) => {
    const size = async (name?: string) => (await linesOf(name)).filter(({ kind }) => kind === 'check' || kind === 'attestation').length;
    expect(await size(profile)).toBeLessThan((await size()) - 10);
  });
});

describe('a profile', () => {
  test('leaves out what it says, with its name and reason, and waits as long as it says', async () => {
    const lines = await planOf(short);
    expect(lines.filter(({ section }) => section === '1.3')).toMatchObject([{ kind: 'off', what: 'hotfix: has been under load' }]);
    const waits = lines.filter(({ kind }) => kind === 'watch').map(({ id, waits: wait }) => [id, wait / minute]);
    expect(Object.fromEntries(waits)).toMatchObject({ '2.2.watch': 3, '2.3.watch-50': 2, '2.3.watch-selector': 2, 'soak.watch': 60 });
  });

  test('has a gate of its own before that to production, which shows all that is left out', () => {
    const [first, second] = gatesOf(short);
    expect(first?.gate).toMatchObject({ id: 'profile', title: 'profile hotfix', approvals: 1, roles: ['lead'] });
    expect(first?.shows).toEqual([
      'profile hotfix: one small correction',
      'without 1.3: has been under load',
      'waits of its own: the first share 3 min, each further share 2 min',
    ]);
    expect(second?.gate.id).toBe('production');
    expect(gatesOf(standard).map(({ gate: { id } }) => id)).toEqual(['production']);
  });

  test('is the same applied twice, and one that the spec does not know leaves nothing out', () => {
    expect(tailored(tailored(short))).toEqual(tailored(short));
    const unknown = testRequest({ spec, profile: 'constructor' });
    expect(tailored(unknown).spec).toEqual(spec);
    expect(leftOut(unknown)).toEqual([]);
  });
});

describe('an emergency', () => {
  test('waits for no window, and says so in the plan', async () => {
    const lines = await planOf(emergency);
    expect(lines.filter(({ section }) => section === 'window')).toMatchObject([{ kind: 'off', what: 'emergency: checkout is down' }]);
  });

  test('has a gate of its own; where the spec names none it takes the people of the one to production', () => {
    expect(gatesOf(emergency).map(({ gate: { id, approvals } }) => [id, approvals])).toEqual([
      ['emergency', 2],
      ['production', 2],
    ]);
    const named = testRequest({
      spec: { ...spec, gates: { ...spec.gates, emergency: gate } },
      emergency: { reason: 'x' },
      profile: 'hotfix',
    });
    expect(gatesOf(named).map(({ gate: { id, approvals } }) => [id, approvals])).toEqual([
      ['emergency', 1],
      ['profile', 1],
      ['production', 2],
    ]);
  });
});

describe('what must fit into a window', () => {
  test('is everything from the lock to the end of the selector’s watch', async () => {
    const inside = (await planOf(standard)).filter(({ inWindow }) => inWindow).map(({ id }) => id);
    expect([inside[0], inside.at(-1)]).toEqual(['2.0.lock', '2.3.watch-selector']);
    expect(inside.some((id) => /^(1\.|gate|window|2\.4|soak|scale-down)/.test(id))).toBe(false);
  });

  test('leaves no section out between the first and the last of them', () => {
    const ids = sections.map(({ id }) => id);
    const between = sections.slice(ids.indexOf('2.0'), ids.indexOf('2.3') + 1);
    expect(sections.filter(({ inWindow }) => inWindow)).toEqual(between);
  });

  test('is the plan’s own time, the buffer and the longest way back', async () => {
    const lines = await planOf(standard);
    const { run, buffer, rollback } = needsOf(standard, lines);
    expect(run).toBe(planTotals(lines.filter(({ inWindow }) => inWindow)).total);
    expect(run).toBeGreaterThanOrEqual(47 * minute);
    expect(run).toBeLessThan(50 * minute);
    expect(buffer).toBe(15 * minute);
    expect(rollback).toBeGreaterThan(0);
    expect(rollback).toBeLessThan(5 * minute);
  });

  test('is at least what the table gives its kind, and a profile has its own kind', async () => {
    const quick = testSpec({ windows, estimates, profiles: { hotfix } });
    const run = async (profile?: string) => {
      const request = testRequest({ spec: quick, ...(profile === undefined ? {} : { profile }) });
      return needsOf(tailored(request), await planOf(request)).run / minute;
    };
    expect(await run()).toBe(30);
    expect(await run('hotfix')).toBe(15);
  });

  test('says where the plan takes longer than the table gives at most', async () => {
    const slow = testRequest({ spec: { ...spec, estimates: { ...estimates, kind: 'config' } } });
    expect(estimateOf(slow, await planOf(slow)).note).toMatch(/^the table gives config at most 30 min, the plan itself takes 4\d min$/);
    const lines = await planOf(standard);
    expect(estimateOf(standard, lines)).toMatchObject({ kind: 'code', most: 60 * minute });
    expect(estimateOf(standard, lines).note).toBeUndefined();
  });
});
