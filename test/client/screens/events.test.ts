import { describe, expect, test } from '@jest/globals';
import { eventLine, eventObject, eventsBetween } from '../../../client/screens/events';
import { asked, began, deploymentId, failedLines, minute, openGate, ramping, reportOf, row, runOf, situationOf, wide } from '../fixtures';

const now = began + 34 * minute;
const lines = (before: Parameters<typeof eventsBetween>[0], after: Parameters<typeof eventsBetween>[1]) =>
  eventsBetween(before, after, now).map((event) => eventLine(wide, event));

describe('events of a deployment', () => {
  test('the first look tells all that has happened, oldest first, each with its UTC time', () => {
    const told = lines(null, situationOf());
    expect(told[0]).toBe('2026-11-24T02:00:00Z  analytics v1.0.0 → production, started by ana, plan 3f9a1c0d2b4e');
    expect(told.map((line) => line.slice(0, 20))).toEqual(told.map((line) => line.slice(0, 20)).toSorted());
  });

  test('a second look at the same tells nothing', () => {
    expect(lines(situationOf(), situationOf())).toEqual([]);
  });

  test('a step that began and ended between two looks is told once, with its receipt', () => {
    const before = situationOf({ view: ramping({ rows: [row('2.1', 'flags', { children: [row('2.1.flags', 'create the flags')] })] }) });
    const ended = row('2.1.flags', 'create the flags', { state: 'done', startedAt: began, endedAt: began + 9000, note: '6 values' });
    const after = situationOf({ view: ramping({ rows: [row('2.1', 'flags', { state: 'done', children: [ended] })] }) });
    expect(lines(before, after)).toEqual(['2026-11-24T02:00:09Z  2.1.flags  create the flags: done in 0:09, 6 values']);
  });

  test('a gate that opens says who may approve, until when, and the command', () => {
    const [told] = lines(situationOf(), situationOf({ view: ramping({ gate: openGate() }) }));
    expect(told).toContain('waiting: go to production, needs 2 of eva (lead), bo (ops), cy (ops); expires 04:00 UTC (then rollback)');
    expect(told).toContain(`analytics-deploy approve ${deploymentId} --gate production --digest 3f9a1c0d2b4e`);
  });

  test('a step that needs attention is named once, with commands that work as they stand', () => {
    const attention = {
      step: '1.4.tests',
      title: '1.4.tests integration tests',
      reason: 'npm ended with code 1.',
      since: began,
      deadline: began + minute,
      onDeadline: 'rollback',
      choices: ['skip', 'extend', 'rollback'],
    } as const;
    const [told] = lines(situationOf(), situationOf({ view: ramping({ attention }) }));
    expect(told).toContain('1.4.tests  needs attention: integration tests: npm ended with code 1.');
    expect(told).toContain(
      `analytics-deploy skip ${deploymentId} --step 1.4.tests --comment "why" | analytics-deploy extend ${deploymentId} --by 5m | analytics-deploy rollback ${deploymentId}`,
    );
  });

  test('an attestation that opens says who answers for it, until when, and the command; once', () => {
    const waiting = situationOf({ view: ramping({ attestations: [asked('team.channels')] }) });
    const [told] = lines(situationOf(), waiting);
    expect(told).toContain('team.channels  to be attested: people can reach each other, by bo or cy (ops) until 03:00 UTC (then rollback)');
    expect(told).toContain(`analytics-deploy attest ${deploymentId} --item team.channels`);
    expect(lines(waiting, waiting)).toEqual([]);
  });

  test('a checklist that needs attention names a line that can be waived', () => {
    const view = ramping({ attention: failedLines('checklist.lint', 'checklist.flags') });
    const [told] = lines(situationOf(), situationOf({ view }));
    expect(told).toContain(`analytics-deploy waive ${deploymentId} --item checklist.lint --comment "why" --until YYYY-MM-DD`);
  });

  test('an approval is an event of its own', () => {
    const decision = { what: 'approve', by: 'bo', at: began + minute, comment: 'fine', on: 'gate production' };
    expect(lines(situationOf(), situationOf({ view: ramping({ decisions: [decision] }) }))).toEqual([
      '2026-11-24T02:01:00Z  bo: approve gate production "fine"',
    ]);
  });

  test('an undo that is left names the command that finishes it', () => {
    const undo = {
      subject: 'a/httproute/b',
      title: 'traffic back to green',
      state: 'left',
      note: 'forbidden',
      byHand: 'kubectl edit httproute b',
    } as const;
    const told = lines(situationOf(), situationOf({ view: ramping({ state: 'unwinding', undos: [undo] }) }));
    expect(told.join('\n')).toContain('undo:a/httproute/b  traffic back to green: LEFT, forbidden. By hand: kubectl edit httproute b');
  });

  test('trouble is told once, also when only its numbers change', () => {
    const first = situationOf({ trouble: ['2.2.rollout is at attempt 2: no answer'] });
    const second = situationOf({ trouble: ['2.2.rollout is at attempt 3: no answer'] });
    expect(lines(first, second)).toEqual([]);
  });

  test('an undo that waits says for what, once', () => {
    const undo = { subject: 'a/deployment/b', title: 'b as before', state: 'pending', note: '', byHand: '' } as const;
    const drains = { ...undo, note: 'traffic drains from the candidate: 30 s' };
    const unwinding = (one: typeof undo | typeof drains) => situationOf({ view: ramping({ state: 'unwinding', undos: [one] }) });
    expect(lines(unwinding(undo), unwinding(drains)).join('\n')).toContain('b as before: waits, traffic drains from the candidate: 30 s');
    expect(lines(unwinding(drains), unwinding(drains))).toEqual([]);
  });

  test('what happened since the last look is told at the end: how the watch failed, and every undo', () => {
    const watch = row('2.3.watch-50', 'watch at 50 %', { state: 'running', startedAt: began, window: minute });
    const before = situationOf({ view: ramping({ rows: [row('2.3', 'gradual rollout', { state: 'running', children: [watch] })] }) });
    const failed = { ...watch, state: 'failed', endedAt: began + 9000, note: 'errors 38 %' } as const;
    const report = reportOf({
      outcome: 'ROLLED_BACK',
      reason: 'errors 38 %.',
      rows: [row('2.3', 'gradual rollout', { state: 'failed', endedAt: began + 9000, children: [failed] })],
      undone: [{ subject: 'a/httproute/b', title: 'traffic back to green', note: 'restored' }],
      left: [{ subject: 'a/configmap/f', reason: 'forbidden', byHand: 'kubectl delete configmap f' }],
    });
    const after = situationOf({ run: runOf({ status: 'completed', closedAt: began + 10_000 }), view: null, report });
    expect(lines(before, after).map((line) => line.slice(22))).toEqual([
      '2.3.watch-50  watch at 50 %: FAILED in 0:09, errors 38 %',
      expect.stringContaining('gradual rollout: FAILED'),
      'putting everything back, traffic first',
      'undo:a/httproute/b  traffic back to green: done, restored',
      'undo:a/configmap/f  a/configmap/f: LEFT, forbidden. By hand: kubectl delete configmap f',
      'ROLLED_BACK: errors 38 %.',
    ]);
  });

  test('the end carries the outcome for machines too', () => {
    const ended = situationOf({ run: runOf({ status: 'completed', closedAt: now }), view: null, report: reportOf() });
    const event = eventsBetween(situationOf(), ended, now).at(-1);
    expect(event && eventObject(event)).toEqual({
      at: '2026-11-24T02:34:00.000Z',
      event: 'ended',
      id: '',
      text: 'SUCCEEDED: Every step is done.',
      value: 'SUCCEEDED',
    });
  });
});
