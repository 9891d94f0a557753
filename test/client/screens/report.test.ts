import { describe, expect, test } from '@jest/globals';
import { columns } from '../../../client/screens/look';
import { reportLines } from '../../../client/screens/report';
import { reportOf, wide } from '../fixtures';

describe('the report', () => {
  test('a rollback says the one sentence, what was put back and what stays', () => {
    const text = reportLines(
      wide,
      reportOf({
        outcome: 'ROLLED_BACK',
        reason: 'errors 12.0 % of 400, must stay below 5.0 %.',
        undone: [{ subject: 'analytics/httproute/analytics', title: 'traffic back to green', note: 'restored' }],
        forwardOnly: ['git tag v1.0.0-analytics: a tag moves nothing and may stay'],
      }),
    ).join('\n');
    expect(text).toContain('rolled back: the world is as before');
    expect(text).toContain('errors 12.0 % of 400, must stay below 5.0 %.');
    expect(text).toContain('traffic back to green: restored');
    expect(text).toContain('Stays by its nature\n  git tag v1.0.0-analytics');
  });

  test('what could not be put back comes with the command that does it', () => {
    const text = reportLines(
      wide,
      reportOf({
        outcome: 'ROLLBACK_INCOMPLETE',
        left: [{ subject: 'analytics/service/analytics', reason: 'forbidden', byHand: 'kubectl -n analytics patch service analytics' }],
      }),
    ).join('\n');
    expect(text).toContain(
      'Left to do by hand\n  analytics/service/analytics: forbidden\n    kubectl -n analytics patch service analytics',
    );
  });

  test('people are named as stated by the client', () => {
    const text = reportLines(
      wide,
      reportOf({ decisions: [{ what: 'approve', by: 'bo', at: 0, comment: 'fine', on: 'gate production' }] }),
    ).join('\n');
    expect(text).toContain(
      'Decided by people (identities are as stated by the client)\n  1970-01-01T00:00:00Z bo: approve gate production "fine"',
    );
  });

  test('fits 80 columns', () => {
    const lines = reportLines(wide, reportOf({ reason: 'a long reason '.repeat(20), forwardOnly: ['something that stays '.repeat(10)] }));
    expect(lines.filter((line) => columns(line) > 80)).toEqual([]);
  });
});
