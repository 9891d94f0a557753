import { isAttestation } from '../../workflows/runbook/attestations';
import type { CriterionSpec, Spec } from '../../workflows/runbook/spec';
import { nearest } from '../nearest';
import type { Finding, Path } from '../problems';
import { rule } from './rule';

const at = (index: number, ...keys: readonly (string | number)[]): Path => ['success', 'criteria', index, ...keys];

/** Each kind of proof stands alone, but that steps and watches prove together. */
function kindsOf({ steps, watches, duration, alerts, attestation }: CriterionSpec): readonly string[] {
  return [
    ...(steps || watches ? ['steps and watches'] : []),
    ...(duration ? ['duration'] : []),
    ...(alerts === undefined ? [] : ['alerts']),
    ...(attestation === undefined ? [] : ['attestation']),
  ];
}

export const criteriaAreProved = rule('each criterion of success has one kind of proof', ['success'], ({ success }) =>
  (success?.criteria ?? []).flatMap((criterion, index, all): readonly Finding[] => {
    const { id, attestation } = criterion;
    const problem = `is ${JSON.stringify(id)}`;
    const first = all.findIndex((other) => other.id === id);
    if (first !== index) {
      return [{ path: at(index, 'id'), problem: `${problem} like success.criteria[${first}].id`, expected: 'each id is used once' }];
    }
    if (!id.startsWith('success.')) return [{ path: at(index, 'id'), problem, expected: 'an id begins with success.' }];
    const kinds = kindsOf(criterion);
    if (kinds.length !== 1) {
      const given = kinds.length === 0 ? 'names no proof' : `names ${kinds.join(' and ')}`;
      return [{ path: at(index), problem: given, expected: 'one of steps and watches, duration, alerts, attestation is expected' }];
    }
    if (attestation === undefined || isAttestation(attestation)) return [];
    const expected = 'the closed list of attestations has no such id';
    return [{ path: at(index, 'attestation'), problem: `is ${JSON.stringify(attestation)}`, expected }];
  }),
);

export const criteriaAreAsked = rule('somebody is asked for each attested criterion', ['success', 'monitoring', 'attestations'], (spec) =>
  attested(spec).flatMap(([path, id]): readonly Finding[] => {
    if (!isAttestation(id) || Object.hasOwn(spec.attestations ?? {}, id)) return [];
    const remedy = `Say below attestations who answers for ${id}.`;
    return [{ path, problem: `is ${JSON.stringify(id)}`, expected: 'attestations does not ask for it', remedy }];
  }),
);

function attested({ success, monitoring }: Pick<Spec, 'success' | 'monitoring'>): readonly (readonly [Path, string])[] {
  const of = (list: Path, items: readonly { readonly attestation?: string }[] = []) =>
    items.flatMap(({ attestation }, index) => (attestation === undefined ? [] : [[[...list, index, 'attestation'], attestation] as const]));
  return [...of(['success', 'criteria'], success?.criteria), ...of(['monitoring', 'signals'], monitoring?.signals)];
}

export const criteriaNameSignals = rule('criteria of success name signals', ['success', 'signals'], ({ success, signals }) =>
  (success?.criteria ?? []).flatMap(({ watches = [] }, index) =>
    watches.flatMap((id, place): readonly Finding[] => {
      const ids = signals.map((signal) => signal.id);
      if (ids.includes(id)) return [];
      const similar = nearest(id, ids);
      const remedy = similar ? `Did you mean ${similar}?` : `The signals are ${ids.join(', ')}.`;
      return [{ path: at(index, 'watches', place), problem: `is ${JSON.stringify(id)}`, expected: 'signals has no such id', remedy }];
    }),
  ),
);
