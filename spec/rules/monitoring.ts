import { isAttestation } from '../../workflows/runbook/attestations';
import { monitoringGroups } from '../../workflows/runbook/monitoring';
import type { MonitoringSignalSpec, Spec } from '../../workflows/runbook/spec';
import { nearest } from '../nearest';
import type { Finding, Path } from '../problems';
import { rule } from './rule';

const sources = ['watch', 'step', 'gauge', 'attestation'] as const;
const at = (index: number, ...keys: readonly string[]): Path => ['monitoring', 'signals', index, ...keys];

export const monitoredIdsAreGrouped = rule('ids of monitored signals name their group', ['monitoring'], ({ monitoring }) =>
  (monitoring?.signals ?? []).flatMap(({ id }, index, all): readonly Finding[] => {
    const problem = `is ${JSON.stringify(id)}`;
    const first = all.findIndex((signal) => signal.id === id);
    if (first !== index) {
      return [{ path: at(index, 'id'), problem: `${problem} like monitoring.signals[${first}].id`, expected: 'each id is used once' }];
    }
    if (monitoringGroups.some((group) => id.startsWith(`${group}.`))) return [];
    return [
      { path: at(index, 'id'), problem, expected: `an id is a group, a dot and a name; the groups are ${monitoringGroups.join(', ')}` },
    ];
  }),
);

export const monitoredSignalsAreKnown = rule(
  'each monitored signal is known by one thing',
  ['monitoring', 'signals'],
  ({ monitoring, signals }) =>
    (monitoring?.signals ?? []).flatMap((signal, index): readonly Finding[] => {
      const given = sources.filter((source) => signal[source] !== undefined);
      if (given.length === 1) return unknownNames(signal, index, signals);
      const problem = given.length === 0 ? 'names nothing that it is known by' : `names ${given.join(' and ')}`;
      return [{ path: at(index), problem, expected: `exactly one of ${sources.join(', ')} is expected` }];
    }),
);

function unknownNames({ watch, attestation }: MonitoringSignalSpec, index: number, signals: Spec['signals']): readonly Finding[] {
  const ids = signals.map(({ id }) => id);
  if (watch !== undefined && !ids.includes(watch)) {
    const similar = nearest(watch, ids);
    const remedy = similar ? `Did you mean ${similar}?` : `The signals are ${ids.join(', ')}.`;
    return [{ path: at(index, 'watch'), problem: `is ${JSON.stringify(watch)}`, expected: 'signals has no such id', remedy }];
  }
  if (attestation !== undefined && !isAttestation(attestation)) {
    const problem = `is ${JSON.stringify(attestation)}`;
    return [{ path: at(index, 'attestation'), problem, expected: 'the closed list of attestations has no such id' }];
  }
  return [];
}
