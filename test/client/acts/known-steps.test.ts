import { expect, test } from '@jest/globals';
import { refuseUnknownSteps } from '../../../client/acts/known-steps';
import { loadSpec } from '../../../spec';
import { defaultSpecPath } from '../../../spec/starter';
import { planOf } from '../../../workflows/runbook/plan';
import type { Spec } from '../../../workflows/runbook/spec';
import { testRequest } from '../../workflows/test-request';

/** The default spec, with one thing changed. */
function specWith(change: Partial<Spec> = {}): Spec {
  const result = loadSpec(defaultSpecPath);
  if (!result.ok) throw new Error('The default spec has problems.');
  return { ...result.spec, ...change };
}
async function refusalOf(spec: Spec): Promise<string | null> {
  const lines = await planOf(testRequest({ spec }));
  try {
    refuseUnknownSteps(spec, lines, 'analytics.yaml');
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

test('a step that stands as proof must be a line of the plan: a typo is found before anything begins', async () => {
  expect(await refusalOf(specWith())).toBeNull();
  const { monitoring, success } = specWith();
  const signals = (monitoring?.signals ?? []).map((signal) => (signal.step === undefined ? signal : { ...signal, step: '9.9.nothing' }));
  expect(await refusalOf(specWith({ monitoring: { signals } }))).toContain(
    'analytics.yaml  monitoring.signals[0].step is "9.9.nothing": the plan has no such line.',
  );
  const criteria = (success?.criteria ?? []).map((criterion) => (criterion.steps ? { ...criterion, steps: ['1.4.testz'] } : criterion));
  expect(await refusalOf(specWith({ success: { criteria } }))).toContain(
    'is "1.4.testz": the plan has no such line. Did you mean 1.4.tests?',
  );
});

test('a part of a section that is off is known: what is left out takes along what it would have proved', async () => {
  expect(await refusalOf(specWith({ off: { '1.2': 'another team does them', '1.4': 'later' } }))).toBeNull();
});
