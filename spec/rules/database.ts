import type { Finding, Path } from '../problems';
import { unknown } from './placeholders';
import { rule } from './rule';

/** One backup, made in one way. */
export const backupIsOneKind = rule('a backup is a dump or a snapshot', ['database'], ({ database }): readonly Finding[] => {
  const backup = database?.backup;
  if (!backup || (backup.folder === undefined) !== (backup.snapshot === undefined)) return [];
  const both = backup.folder !== undefined;
  return [
    {
      path: ['database', 'backup'],
      problem: both ? 'has a folder and a snapshot' : 'has neither folder nor snapshot',
      expected: 'a backup is a dump in a folder, or a managed snapshot',
      remedy: both ? 'Leave one of them out.' : 'Add folder, or snapshot with its proof.',
    },
  ];
});

/** What is declared reversible is the undo: it must be there to be run. */
export const reversibleHasDown = rule('reversible migrations have a way down', ['database'], ({ database }): readonly Finding[] => {
  const migrations = database?.migrations;
  if (!migrations?.reversible || migrations.down) return [];
  return [
    {
      path: ['database', 'migrations', 'reversible'],
      problem: 'is true, and down is missing',
      expected: 'the undo is the command below down',
      remedy: 'Add down, or set reversible to false.',
    },
  ];
});

/** Without its number of steps a command would take back all, or one. */
export const downNamesSteps = rule('down is told how far', ['database'], ({ database }): readonly Finding[] => {
  const down = database?.migrations?.down;
  if (!down || down.some((word) => word.includes('{steps}'))) return [];
  return [
    {
      path: ['database', 'migrations', 'down'],
      problem: 'does not hold {steps}',
      expected: 'the command is told how many migrations it takes back',
    },
  ];
});

/** What cannot be taken back is decided by people. */
export const riskyMigrationsHaveAGate = rule(
  'migrations without a way back have a gate',
  ['database', 'gates'],
  ({ database, gates }): readonly Finding[] => {
    const migrations = database?.migrations;
    if (!migrations || gates.contract || (migrations.kind === 'expand' && migrations.reversible)) return [];
    const why = migrations.kind === 'contract' ? 'the code of before does not work with them' : 'they cannot be taken back';
    return [
      {
        path: ['gates'],
        problem: 'has no contract',
        expected: `migrations need a gate of their own: ${why}`,
        remedy: 'Add contract below gates, with approvals and roles.',
      },
    ];
  },
);

export const databasePlaceholders = rule('placeholders of database commands are known', ['database'], ({ database }) => {
  const { backup, migrations } = database ?? {};
  const proof = backup?.snapshot?.proof;
  const each = (path: Path, texts: readonly string[], known: readonly string[]) =>
    texts.map((text, index) => [[...path, index], text, known] as const);
  const values = (path: Path, map: Readonly<Record<string, string>>, known: readonly string[]) =>
    Object.entries(map).map(([name, text]) => [[...path, name], text, known] as const);
  const at: Path = ['database', 'migrations'];
  const ofProof: Path = ['database', 'backup', 'snapshot', 'proof'];
  return unknown([
    ...(migrations
      ? [
          ...each([...at, 'list'], migrations.list, ['version']),
          ...each([...at, 'up'], migrations.up, ['version']),
          ...each([...at, 'down'], migrations.down ?? [], ['version', 'steps']),
          ...values([...at, 'environment'], migrations.environment, ['version']),
        ]
      : []),
    ...(proof
      ? [
          ...each([...ofProof, 'command'], proof.command, ['snapshot', 'version']),
          ...values([...ofProof, 'environment'], proof.environment, ['snapshot', 'version']),
        ]
      : []),
  ]);
});
