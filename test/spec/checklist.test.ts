import { describe, expect, test } from '@jest/globals';
import { parseDocument } from 'yaml';
import { readSpec } from '../../spec';
import type { Path } from '../../spec/problems';
import { planOf } from '../../workflows/runbook/plan';
import { checklistLineIds } from '../../workflows/runbook/pre-deployment/ids';
import { testRequest } from '../workflows/test-request';
import { changed, problemsOf } from './written';

/** Where the default spec says what a line looks at. */
const places: readonly (readonly [place: string, path: Path, lines: readonly string[]])[] = (
  [
    ...['types', 'tests', 'coverage', 'boundaries', 'lint', 'hooks'].map((name) => [['checklist', 'code', name], [name]] as const),
    ...['dashboards', 'alerts', 'variables', 'certificates'].map((name) => [['checklist', 'environment', name], [name]] as const),
    [
      ['checklist', 'environment', 'redis'],
      ['redis', 'redis-cluster'],
    ],
    ...['routing', 'monitoring'].map((name) => [['checklist', 'infrastructure', name], [name]] as const),
    ...['backup', 'migrations'].map((name) => [['database', name], [name]] as const),
    [['attestations', 'infrastructure.cdn'], ['cdn']],
  ] as const
).map(([path, names]) => [path.join('.'), path, names.map((name) => `checklist.${name}`)] as const);

/** The default spec without what stands at a path, and with lines switched off. */
function without(path: Path, ...off: readonly string[]): string {
  const document = parseDocument(changed(path, undefined));
  for (const id of off) document.setIn(['off', id], 'it does not apply here');
  return document.toString({ lineWidth: 0 });
}

describe('a line of the checklist that the spec gives nothing to look at', () => {
  test.each(places)('is not dropped in silence: without %s the spec is refused, by the names of the lines', (_, path, lines) => {
    const [problem = ''] = problemsOf(without(path)).filter((found) => found.includes('the checklist needs it'));
    for (const id of lines) expect(problem).toContain(`"${id}": why it does not apply`);
  });

  test.each(places)('is switched off with a reason that the plan shows: without %s', async (_, path, lines) => {
    const read = readSpec(without(path, ...lines), 'analytics.yaml');
    if (!read.ok) throw new Error(read.problems.map(({ problem }) => problem).join('\n'));
    const plan = await planOf(testRequest({ spec: read.spec }));
    for (const id of lines) expect(plan.find((line) => line.id === id)).toMatchObject({ kind: 'off', what: 'it does not apply here' });
    const cdn = path.at(-1) === 'infrastructure.cdn' ? [] : ['checklist.cdn'];
    expect(checklistLineIds.filter((id) => !plan.some((line) => line.id === id))).toEqual(cdn);
  });

  test('is asked for where the spec has a database alone', () => {
    const problems = problemsOf(without(['checklist']));
    expect(problems.filter((found) => found.includes('the checklist needs it')).length).toBeGreaterThan(10);
  });

  test('is no matter where the whole checklist is off', () => {
    expect(problemsOf(without(['checklist'], 'checklist')).filter((found) => found.includes('the checklist needs it'))).toEqual([]);
  });
});

test.each(['team.stakeholders', 'window.oncall'])('who answers for %s is said, or why nobody does', (id) => {
  expect(problemsOf(without(['attestations', id]))).toContainEqual(expect.stringMatching(/is missing: somebody answers for it/));
  expect(problemsOf(without(['attestations', id], id)).filter((found) => found.includes('answers for it'))).toEqual([]);
});
