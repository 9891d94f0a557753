import { describe, expect, test } from '@jest/globals';
import { readSpec, starterSpec } from '../../spec';
import { changed, problemsOf } from './written';

const problem = (text: string) => expect.stringContaining(text) as unknown as string;

describe('messages and contacts', () => {
  test('are whole in the default spec: five contacts of the runbook, in its order', () => {
    const result = readSpec(starterSpec(), 'analytics.yaml');
    expect(result.ok && Object.keys(result.spec.contacts ?? {})).toEqual([
      'primary',
      'secondary',
      'infrastructure',
      'security',
      'management',
    ]);
  });

  test('may be left out: an older spec is still a spec', () => {
    expect(problemsOf(changed(['announcements'], undefined))).toEqual([]);
    expect(problemsOf(changed(['contacts'], undefined))).toEqual([]);
  });

  test('name sinks that exist', () => {
    expect(problemsOf(changed(['announcements', 'sinks', 'issue'], ['chta']))).toEqual([problem('Did you mean chat?')]);
    expect(problemsOf(changed(['contacts', 'primary', 'sinks'], ['pager']))).toEqual([problem('a sink is one of')]);
  });

  test('are called one after another', () => {
    expect(problemsOf(changed(['contacts', 'secondary', 'after'], '30m'))).toEqual([problem('secondary is called before, after 1800 s')]);
  });

  test('are called through a sink', () => {
    const without = changed(['announcements'], undefined).replace(/^sinks:\n(?: .*\n|#.*\n)+/m, 'sinks: []\n');
    expect(problemsOf(without)).toEqual([problem('contacts are called through a sink')]);
  });
});
