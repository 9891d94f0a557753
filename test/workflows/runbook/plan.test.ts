import { describe, expect, test } from '@jest/globals';
import { planOf, planTotals } from '../../../workflows/runbook/plan';
import { FakeWorld } from '../fake-world';
import { rehearse } from '../rehearsal';
import { testRequest, testSpec } from '../test-request';

describe('the plan', () => {
  test("follows the runbook's order, with the gate between its phases", async () => {
    const sections = (await planOf(testRequest())).map(({ section }) => section);
    expect([...new Set(sections)]).toEqual([
      'resolve',
      'checklist',
      '1.1',
      '1.2',
      '1.3',
      '1.4',
      'team',
      'gate',
      'window',
      '2.0',
      '2.0m',
      '2.1',
      '2.2',
      '2.3',
      '2.4',
      'monitoring',
      'success',
      'soak',
      'scale-down',
      'follow-up',
    ]);
  });

  test('names an undo for every change, and what stays for what cannot be undone', async () => {
    const lines = await planOf(testRequest());
    expect(lines.filter(({ kind, undo }) => kind === 'change' && undo === '')).toEqual([]);
    expect(lines.filter(({ kind }) => kind === 'forward-only').map(({ undo }) => undo)).toEqual([
      expect.stringMatching(/^stays: git tag v1.0.0-analytics/),
    ]);
  });

  test('writes nothing to git where pushing the tag is off', async () => {
    const spec = testSpec();
    const lines = await planOf(testRequest({ spec: { ...spec, tag: { ...spec.tag, push: false } } }));
    expect(lines.filter(({ id, kind }) => id === '1.1.tag' || kind === 'forward-only')).toEqual([]);
  });

  test('lists as many steps as a deployment performs', async () => {
    const planned = (await planOf(testRequest())).filter(({ kind }) =>
      ['lookup', 'lock', 'check', 'change', 'forward-only'].includes(kind),
    );
    const world = new FakeWorld();
    const { calls } = await rehearse(world);
    expect(planned.length).toBe(calls.filter((name) => !name.startsWith('read')).length);
  });

  test("adds up the waits of the runbook's numbers, and counts what runs side by side once", async () => {
    const minute = 60_000;
    const ramp = {
      initial: { share: 10, watch: 5 * minute },
      steps: [20, 50, 80, 100].map((share) => ({ share, watch: 10 * minute })),
      selectorWatch: 2 * minute,
      soak: 60 * minute,
    };
    const totals = planTotals(await planOf(testRequest({ spec: testSpec({ ramp }) })));
    expect(totals).toMatchObject({ waits: 107 * minute, approvals: 2 });
    const one = { takes: 5, waits: 0, approvals: 0, kind: 'check', undo: '', section: '1' } as never;
    expect(planTotals([one, { ...(one as object), beside: true } as never]).total).toBe(5);
  });

  test('shows a step that is switched off with its reason, and leaves its work out', async () => {
    const lines = await planOf(testRequest({ spec: testSpec({ off: { '1.3': 'no load generator' } }) }));
    expect(lines.filter(({ section }) => section === '1.3')).toMatchObject([{ kind: 'off', what: 'no load generator', takes: 0 }]);
  });

  test('says what an operator would otherwise expect differently', async () => {
    const notes = (await planOf(testRequest())).flatMap((line) => line.notes);
    expect(notes).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/percentage is the spec's and is not raised/),
        expect.stringMatching(/inside the cluster are not ramped/),
        expect.stringMatching(/at 100 % nothing is left to compare/),
      ]),
    );
  });
});
