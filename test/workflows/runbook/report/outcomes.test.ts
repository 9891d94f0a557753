import { describe, expect, test } from '@jest/globals';
import { howItEnded } from '../../../../workflows/runbook/report/outcomes';
import type { RollbackWish } from '../../../../workflows/runbook/rollback/level';

const rollback: RollbackWish = { level: 'database', of: 'analytics-production-v1.0.0' };

describe('how a deployment of kind rollback ended', () => {
  test('is not "done" where it was put back itself', () => {
    expect(howItEnded({ outcome: 'ROLLED_BACK', rollback, forwardOnly: [] })).toBe('not done, everything is as it was before the rollback');
  });
  test('names what stays, such as a restored database: that is not as it was', () => {
    expect(howItEnded({ outcome: 'ROLLED_BACK', rollback, forwardOnly: ['the database as in backup one'] })).toBe(
      'not done, put back but for what stays: the database as in backup one',
    );
  });
  test('is told of a deployment as its own undoing', () => {
    expect(howItEnded({ outcome: 'ROLLED_BACK', forwardOnly: ['git tag v1'] })).toBe('rolled back: the world is as before');
  });
  test('names the next rung where the service is not well where it went', () => {
    expect(howItEnded({ outcome: 'ROLLBACK_INCOMPLETE', rollback, forwardOnly: [], unwell: true })).toMatch(
      /not well there: .* next rung$/,
    );
  });
});
