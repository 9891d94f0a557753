import { describe, expect, test } from '@jest/globals';
import { effectCode, exitCodes, outcomeCodes } from '../../client/exit-codes';
import { outcomes } from '../../workflows/runbook/view';

describe('exit codes', () => {
  test('every outcome has its own meaning for a script', () => {
    expect(outcomes.map((outcome) => [outcome, outcomeCodes[outcome]])).toEqual([
      ['SUCCEEDED', 0],
      ['SUCCEEDED_WITH_WAIVERS', 0],
      ['ROLLED_BACK', 3],
      ['ROLLBACK_INCOMPLETE', 4],
      ['FAILED', 6],
      ['EXPIRED', 7],
    ]);
  });

  test('no outcome is mistaken for a failure of the tool, a refusal or a detachment', () => {
    const tool = [exitCodes.failure, exitCodes.usage, exitCodes.refused, exitCodes.detached] as readonly number[];
    expect(Object.values(outcomeCodes).filter((code) => tool.includes(code))).toEqual([]);
  });

  test.each([
    ['ROLLED_BACK', 0],
    ['FAILED', 0],
    ['ROLLBACK_INCOMPLETE', 4],
    ['SUCCEEDED', 4],
  ] as const)('an abort that ends as %s answers %i', (outcome, code) => {
    expect(effectCode(outcome)).toBe(code);
  });
});
