import { describe, expect, test } from '@jest/globals';
import { announced } from '../../../workflows/runbook/announced';
import type { RollbackLevel, RollbackWish } from '../../../workflows/runbook/rollback/level';
import { FakeWorld } from '../fake-world';
import { testRequest } from '../test-request';

const of = 'analytics-production-v1.0.0-20261124T020000Z';
/** The rollback of v1.0.0, resolved: v0.9.0 serves when it is done. */
const rollbackOf = (level: RollbackLevel, more: Partial<RollbackWish> = {}) => {
  const request = testRequest({ version: `rollback-${level}`, rollback: { level, of, ...more } });
  return announced({ request, release: { ...new FakeWorld().release, version: 'v0.9.0', from: 'v1.0.0' } });
};

describe('what messages say of a run', () => {
  test('a release is its version, and users have it as far as the traffic is there', () => {
    const run = announced({ request: testRequest(), release: null });
    expect(run.name).toBe('analytics v1.0.0');
    expect(run.impact(50)).toBe('50 % of the traffic is on the new version');
    expect(run.impact(null)).toBe('none: no traffic of production is on the new version');
    expect(run.still(50)).toBe('analytics v1.0.0 still has 50 % of the traffic of production.');
  });

  test.each(['traffic', 'system'] as const)('a rollback by rung %s names both versions: what moves is that of before', (level) => {
    const run = rollbackOf(level);
    expect(run.name).toBe(`rollback of analytics v1.0.0 (${level})`);
    expect(run.impact(100)).toBe('100 % of the traffic is on v0.9.0 again');
    expect(run.impact(null)).toBe('v1.0.0 still serves, as before');
    expect(run.back).toBe('v1.0.0 serves production, as before this rollback.');
    expect(run.ended(true)).toBe('was put back itself');
    expect(run.on).toBe('v0.9.0');
  });

  test('a rollback of flags never says that no traffic is on what it changes', () => {
    const run = announced({
      request: testRequest({ rollback: { level: 'flags', of } }),
      release: { ...new FakeWorld().release, version: 'v1.0.0', from: 'v1.0.0' },
    });
    expect(run.impact(100)).toBe('100 % of the traffic is on v1.0.0, whose flags are being changed');
    expect(run.impact(null)).toBe('none: v1.0.0 serves with the flags that it had');
  });

  test('a rollback of the database names the version whose database it is, and the one that serves on it', () => {
    const run = rollbackOf('database', { database: { by: 'backup' }, brought: { version: 'v1.0.0', commit: 'c0ffee', names: [] } });
    expect(run.name).toBe('rollback of analytics v1.0.0 (database)');
    expect(run.impact(null)).toBe('no traffic moves: v0.9.0 serves on the database that is put back');
  });

  test('a rollback that is not resolved yet is named without a version', () => {
    const run = announced({ request: testRequest({ rollback: { level: 'traffic', of } }), release: null });
    expect(run.name).toBe('rollback of analytics (traffic)');
    expect(run.back).toBe('what served serves production, as before this rollback.');
  });
});
