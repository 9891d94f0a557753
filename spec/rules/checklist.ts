import { attestationIds } from '../../workflows/runbook/attestations';
import { checklistLineIds, codeLineNames, type ChecklistLineId, type CodeLineName } from '../../workflows/runbook/pre-deployment/ids';
import type { Spec } from '../../workflows/runbook/spec';
import { nearest } from '../nearest';
import { formatPath, type Finding, type Path } from '../problems';
import { rule } from './rule';

const isLine = (name: string): name is CodeLineName => (codeLineNames as readonly string[]).includes(name);

export const ciChecksAreLines = rule("a CI's checks stand for lines of the code", ['checklist'], ({ checklist }) => {
  const { ci, ...commands } = checklist?.code ?? {};
  return Object.keys(ci?.checks ?? {}).flatMap((name): readonly Finding[] => {
    const path = ['checklist', 'code', 'ci', 'checks', name];
    if (!isLine(name)) {
      const similar = nearest(name, codeLineNames);
      const remedy = similar ? { remedy: `Did you mean ${similar}?` } : {};
      return [{ path, problem: 'is no line', expected: `the lines are ${codeLineNames.join(', ')}`, atKey: true, ...remedy }];
    }
    if (!commands[name]) return [];
    const expected = 'a line has one source: a check of the CI, or a command';
    return [{ path, problem: `stands beside the command checklist.code.${name}`, expected, atKey: true, remedy: 'Take one of them out.' }];
  });
});

type Sources = Pick<Spec, 'checklist' | 'database' | 'flags' | 'attestations' | 'off'>;
interface Source {
  readonly path: Path;
  readonly isThere: (spec: Sources) => boolean;
}

const code = (name: CodeLineName): Source => ({
  path: ['checklist', 'code', name],
  isThere: ({ checklist }) => checklist?.code?.[name] !== undefined || Object.hasOwn(checklist?.code?.ci?.checks ?? {}, name),
});
const environment = (name: 'redis' | 'dashboards' | 'alerts' | 'variables' | 'certificates'): Source => ({
  path: ['checklist', 'environment', name],
  isThere: ({ checklist }) => checklist?.environment?.[name] !== undefined,
});
const infrastructure = (name: 'routing' | 'monitoring'): Source => ({
  path: ['checklist', 'infrastructure', name],
  isThere: ({ checklist }) => checklist?.infrastructure?.[name] !== undefined,
});
const database = (name: 'migrations' | 'backup'): Source => ({
  path: ['database', name],
  isThere: (spec) => spec.database?.[name] !== undefined,
});

/** Where a spec says what each line looks at. */
const sources: Readonly<Record<ChecklistLineId, Source>> = {
  'checklist.types': code('types'),
  'checklist.tests': code('tests'),
  'checklist.coverage': code('coverage'),
  'checklist.boundaries': code('boundaries'),
  'checklist.lint': code('lint'),
  'checklist.hooks': code('hooks'),
  'checklist.migrations': database('migrations'),
  'checklist.redis': environment('redis'),
  'checklist.dashboards': environment('dashboards'),
  'checklist.alerts': environment('alerts'),
  'checklist.flags': { path: ['flags'], isThere: ({ flags }) => flags !== undefined },
  'checklist.variables': environment('variables'),
  'checklist.certificates': environment('certificates'),
  'checklist.backup': database('backup'),
  'checklist.redis-cluster': environment('redis'),
  'checklist.routing': infrastructure('routing'),
  'checklist.cdn': {
    path: ['checklist', 'infrastructure', 'cdn'],
    isThere: ({ checklist, attestations, off }) =>
      checklist?.infrastructure?.cdn !== undefined || [attestations, off].some((asked) => Object.hasOwn(asked ?? {}, 'infrastructure.cdn')),
  },
  'checklist.monitoring': infrastructure('monitoring'),
};

/** A line that is left out and a line that is switched off are one decision, and it has a reason. */
export const missingLinesAreOff = rule(
  'lines of the checklist without a source are off',
  ['checklist', 'database', 'flags', 'attestations', 'off'],
  (spec) => {
    const { checklist, off } = spec;
    if (!(checklist ?? spec.database) || Object.hasOwn(off, 'checklist')) return [];
    const missing = checklistLineIds.filter((id) => !sources[id].isThere(spec) && !Object.hasOwn(off, id));
    const paths = new Map(missing.map((id) => [formatPath(sources[id].path), sources[id].path]));
    return [...paths].map(([at, path]) => {
      const ids = missing.filter((id) => formatPath(sources[id].path) === at);
      return {
        path,
        problem: 'is missing',
        expected: `the checklist needs it: ${ids.join(', ')}`,
        remedy: `Add it, or switch off with a reason, below off: ${ids.map((id) => `"${id}": why it does not apply`).join(', ')}.`,
      };
    });
  },
);

/** Whoever asks people at all says for each that the runbook has before the gate who answers for it, or why nobody does. */
export const missingPeopleAreOff = rule(
  'attestations of the team that nobody gives are off',
  ['attestations', 'windows', 'off'],
  (spec) => {
    const { attestations, windows, off } = spec;
    if (!attestations || Object.hasOwn(off, 'team')) return [];
    return attestationIds
      .filter((id) => id.startsWith('team.') || (id === 'window.oncall' && windows !== undefined))
      .filter((id) => !Object.hasOwn(attestations, id) && !Object.hasOwn(off, id))
      .map((id) => ({
        path: ['attestations', id],
        problem: 'is missing',
        expected: 'somebody answers for it',
        remedy: `Say who, or switch it off with a reason below off: "${id}": why it does not apply.`,
      }));
  },
);
