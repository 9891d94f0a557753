import { describe, expect, test } from '@jest/globals';
import { coverageOf } from '../../../client/runbook/coverage';
import type { SourceSection } from '../../../client/runbook/source';
import type { Registry, Stand } from '../../../client/runbook/stands';

const none = new Map<string, string>();
const registry: Registry = {
  step: new Map([
    ['1.1.tag', 'tag the release'],
    ['2.3.traffic-25', 'a quarter'],
    ['2.3.traffic-100', 'all of it'],
  ]),
  attestation: new Map([['team.channels', 'everybody knows where to talk']]),
  announcement: none,
  rule: none,
  command: none,
  level: none,
  signal: none,
  followup: none,
  contact: none,
  risk: none,
  leftOut: () => undefined,
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

  test('knows what specs name as they like by its role', () => {
    const by = (stand: Stand, of: Registry = registry) => coverageOf(of, [section([stand])]).lines[0]?.by[0];
    expect(by('step:2.3.traffic-*')).toMatchObject({ name: '2.3.traffic-25, 2.3.traffic-100', words: 'a quarter; all of it' });
    expect(by('step:2.3.traffic-20|step:2.3.traffic-*')?.name).toBe('2.3.traffic-25, 2.3.traffic-100');
    expect(by('step:2.3.watch-*')?.words).toBeNull();
    const phases = { ...registry, followup: new Map([['first', 'a day']]) };
    expect(by('followup:#1', phases)).toMatchObject({ name: 'first', words: 'a day' });
    expect(by('followup:#2', phases)?.words).toBeNull();
  });

  test('takes the reason of a step that is left out for its values too, and for nothing else', () => {
    const off: Registry = { ...registry, leftOut: (id) => (id === '1.3.load' ? 'no load generator' : undefined) };
    const { lines, unmapped } = coverageOf(off, [section(['rule:load.limits.p95', 'step:1.3.load'], ['signal:a.b', 'step:1.3.load'])]);
    expect(lines[0]?.by.map(({ words }) => words)).toEqual(['no load generator', 'no load generator']);
    expect(unmapped.map(({ ordinal }) => ordinal)).toEqual([2]);
  });

  test('lists a line that names an attestation which is not in the closed list, and one that names nothing', () => {
    const { unmapped } = coverageOf(registry, [section(['attestation:team.moods'], [])]);
    expect(unmapped).toHaveLength(2);
  });
});
