import { describe, expect, test } from '@jest/globals';
import { coverageOf } from '../../../client/runbook/coverage';
import type { SourceSection } from '../../../client/runbook/source';
import type { Registry, Stand } from '../../../client/runbook/stands';

const none = new Map<string, string>();
const registry: Registry = {
  step: new Map([['1.1.tag', 'tag the release']]),
  attestation: new Map([['team.channels', 'everybody knows where to talk']]),
  announcement: none,
  rule: none,
  command: none,
  level: none,
  signal: none,
  followup: none,
  contact: none,
  risk: none,
};
const section = (...by: readonly (readonly Stand[])[]): SourceSection => ({
  section: 's',
  heading: '',
  lines: by.map((stands, place) => ['bullet', `line ${place + 1}`, stands, '']),
});

describe('coverage of the source', () => {
  test('is whole where something that exists stands for every line, or a reason why nothing does', () => {
    const { unmapped, counts } = coverageOf(registry, [section(['step:1.1.tag'], ['attestation:team.channels'], ['none:says nothing'])]);
    expect(unmapped).toEqual([]);
    expect(counts).toMatchObject({ step: 1, attestation: 1, none: 1, rule: 0 });
  });

  test('lists a line whose step was removed, even where something else stands for it too', () => {
    const { unmapped } = coverageOf({ ...registry, step: none }, [section(['step:1.1.tag', 'attestation:team.channels'])]);
    expect(unmapped.map(({ section: name, ordinal }) => `${name} ${ordinal}`)).toEqual(['s 1']);
  });

  test('lists a line that names an attestation which is not in the closed list, and one that names nothing', () => {
    const { unmapped } = coverageOf(registry, [section(['attestation:team.moods'], [])]);
    expect(unmapped).toHaveLength(2);
  });
});
