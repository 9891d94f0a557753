import { attestationIds } from '../../workflows/runbook/attestations';
import { checklistLineIds } from '../../workflows/runbook/pre-deployment/ids';
import { nearest } from '../nearest';
import type { Finding, Path } from '../problems';
import { rule } from './rule';

/** What a spec or a profile may name below `off`: sections, checklist lines, attestations, criteria; and whether a deployment can do without them. */
const steps: Readonly<Record<string, 'optional' | 'needed'>> = {
  checklist: 'optional',
  '1.1': 'needed',
  '1.2': 'optional',
  '1.3': 'optional',
  '1.4': 'optional',
  team: 'optional',
  window: 'optional',
  '2.0m': 'optional',
  '2.1': 'optional',
  '2.2': 'needed',
  '2.3': 'needed',
  '2.4': 'optional',
  monitoring: 'optional',
  success: 'optional',
  'scale-down': 'optional',
  'follow-up': 'optional',
};
/** What a section consists of can be left out by itself. */
const parts: readonly string[] = [...checklistLineIds, ...attestationIds];

export const offNamesSteps = rule('only steps that can be missed are off', ['off', 'profiles', 'success'], (spec) => {
  const { off, profiles = {}, success } = spec;
  const criteria = (success?.criteria ?? []).flatMap(({ id, attestation }) => (attestation === undefined ? [id] : []));
  return [
    ...mayBeOff(['off'], off, criteria),
    ...Object.entries(profiles).flatMap(([name, profile]) => mayBeOff(['profiles', name, 'off'], profile.off, criteria)),
  ];
});

function mayBeOff(place: Path, off: Readonly<Record<string, string>>, criteria: readonly string[]): readonly Finding[] {
  return Object.keys(off).flatMap((step): readonly Finding[] => {
    if (parts.includes(step) || criteria.includes(step)) return [];
    const path = [...place, step];
    const known = Object.keys(steps);
    const similar = nearest(step, [...known.filter((id) => steps[id] === 'optional'), ...parts, ...criteria]);
    if (!known.includes(step)) {
      const remedy = similar ? `Did you mean ${similar}?` : undefined;
      return [{ path, problem: 'is no step', expected: `the steps are ${known.join(', ')}`, atKey: true, ...(remedy ? { remedy } : {}) }];
    }
    return steps[step] === 'optional'
      ? []
      : [{ path, problem: 'cannot be off', expected: 'a deployment is nothing without this step', atKey: true }];
  });
}

/** A section that is left out and a step that is left out are one decision, and it has a reason. */
export const missingSectionsAreOff = rule(
  'steps without their section are off',
  ['off', 'smoke', 'load', 'integration', 'consistency', 'flags', 'verification'],
  ({ off, smoke, load, integration, consistency, flags, verification }) => {
    const { requests, families, dashboard } = verification;
    const without = [
      { step: '1.2', section: 'smoke', what: 'smoke tests', missing: smoke.length === 0 },
      { step: '1.3', section: 'load', what: 'load test', missing: !load },
      { step: '1.4', section: 'integration', what: 'integration tests', missing: !integration && !consistency },
      { step: '2.1', section: 'flags', what: 'feature flags', missing: !flags },
      { step: '2.4', section: 'verification', what: 'verification', missing: requests.length + families.length === 0 && !dashboard },
    ];
    return without
      .filter(({ step, missing }) => missing && !Object.hasOwn(off, step))
      .map(({ step, section, what }) => ({
        path: [section],
        problem: 'is missing',
        expected: `step ${step}, ${what}, needs it`,
        remedy: `Add it, or switch the step off with a reason below off: "${step}": why it does not apply.`,
      }));
  },
);
