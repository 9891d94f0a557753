import { describe, expect, test } from '@jest/globals';
import { changed, problemsOf } from './written';

const at = ['database', 'migrations'] as const;

describe('the database of a spec', () => {
  test.each([
    [[...at, 'down'], undefined, /database\.migrations\.reversible is true, and down is missing: the undo is the command below down/],
    [[...at, 'down'], ['npm', 'run', 'down'], /database\.migrations\.down does not hold \{steps\}/],
    [[...at, 'up'], ['migrate', '{steps}'], /database\.migrations\.up\[1\] holds \{steps\}: what is replaced here is \{version\}/],
    [[...at, 'kind'], 'contract', /gates has no contract: migrations need a gate of their own: the code of before does not work with them/],
    [[...at, 'reversible'], false, /gates has no contract: migrations need a gate of their own: they cannot be taken back/],
    [[...at, 'table'], 'Robert"); --', /a table has lower-case letters/],
    [['database', 'backup', 'folder'], 'backups', /a folder here begins with a slash/],
    [['database', 'backup', 'folder'], undefined, /database\.backup has neither folder nor snapshot/],
    [['database', 'backup', 'folder'], '/srv/../etc', /a folder here begins with a slash, and has neither/],
    [
      ['database', 'backup', 'snapshot'],
      { name: 'nightly', proof: { command: ['prove', '{snapshot}'] } },
      /database\.backup has a folder and a snapshot: a backup is a dump in a folder, or a managed snapshot/,
    ],
    [['gates', 'contract'], { roles: ['nobody'] }, /gates\.contract\.roles\[0\] is "nobody": a role is one of lead, ops/],
    [['gates', 'contract'], { roles: ['lead'], approvals: 3 }, /gates\.contract\.approvals is 3, and only ana, eva hold lead/],
  ] as const)('%j: %j', (path, value, expected) => {
    expect(problemsOf(changed(path, value))).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  test('shows no password that was written into it', () => {
    const problems = problemsOf(changed(['database', 'url'], 'postgresql://app:hunter2@db/analytics'));
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain('hunter2');
  });

  test('is good with a snapshot instead of a folder, and with a gate for what has no way back', () => {
    const backup = { snapshot: { name: 'nightly', proof: { command: ['prove', '{snapshot}'] } } };
    expect(problemsOf(changed(['database', 'backup'], backup))).toEqual([]);
    expect(problemsOf(changed(['gates', 'contract'], { roles: ['lead', 'ops'] }).replace('kind: expand', 'kind: contract'))).toEqual([]);
  });
});
