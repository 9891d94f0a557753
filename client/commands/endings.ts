/** Ending a deployment before its end. */
import type { Command } from '../command';
import { asOption, commentOption, idArgument, noWaitOption, specOptions } from '../options';

export const abort: Command = {
  name: 'abort',
  summary: 'Stop now and put everything back, traffic first; waits for the effect',
  example: 'analytics-deploy abort deploy:analytics:production',
  more: ['Exit 0 when the world is restored, else 4.'],
  arguments: [idArgument],
  options: [asOption, commentOption, noWaitOption],
  run: async (context) => (await import('../acts/endings.js')).abort(context),
};

export const rollback: Command = {
  name: 'rollback',
  summary: 'Roll back: as abort, on record as a decision; with --level a rung of the ladder',
  example: 'analytics-deploy rollback deploy:analytics:production -m "customers complain"',
  more: [
    'Without --level a running deployment puts everything back, without a question.',
    'With it: shows plan and expected impact, and asks. While the deployment runs',
    'it takes the rung itself; after it a rollback is deployed in the same lane.',
    '  traffic   all to the other colour, whose image must be on record as healthy',
    "  partial   the candidate's share down, watched; then as --then says, or asks",
    '  flags     feature flags to the safe values of the spec',
    '  database  reverse migrations, or the verified backup; two people approve',
    '  system    the previous version on record deployed again, and smoke tests',
    'Exit 0 when it is done or the world is restored, 4 when not, 5 refused.',
  ],
  arguments: [idArgument],
  options: [
    { flags: '--level <level>', about: 'which rung of the ladder', choices: ['traffic', 'partial', 'flags', 'database', 'system'] },
    { flags: '--then <what>', about: 'after the watch of a partial rollback; default: ask', choices: ['zero', 'stay'] },
    { flags: '--by <means>', about: 'how the database goes back; default: backup', choices: ['backup', 'migrations'] },
    { flags: '--backup <id>', about: "the backup; default: the deployment's own" },
    { flags: '--accept-older <reason>', about: 'take a backup of another deployment' },
    { flags: '--accept-contract <reason>', about: 'all to code that its migrations break' },
    { flags: '--steps <n>', about: 'how many of the newest migrations; default 1' },
    { flags: '--dry-run', about: 'only show plan and expected impact' },
    { flags: '-y, --yes', about: 'do it without asking' },
    asOption,
    commentOption,
    noWaitOption,
  ],
  run: async (context) => (await import('../acts/rollback.js')).rollback(context),
};

export const handover: Command = {
  name: 'handover',
  summary: 'Stop writing at once and leave the rest to people; prints what is left',
  example: 'analytics-deploy handover deploy:analytics:production -m "finishing by hand"',
  more: ['Ends as ROLLBACK_INCOMPLETE: exit 4.'],
  arguments: [idArgument],
  options: [asOption, commentOption, noWaitOption],
  run: async (context) => (await import('../acts/endings.js')).handover(context),
};

export const repair: Command = {
  name: 'repair',
  summary: 'Put back what a deployment left: terminated, stuck, or without a worker',
  example: 'analytics-deploy repair --spec analytics.yaml',
  more: [
    'Compares the record in the cluster with the world, shows the difference, asks,',
    'fences late writes off and puts back. Needs no Temporal. Safe to run twice.',
    'Exit 0 when nothing is left to do, else 4.',
  ],
  options: [
    ...specOptions,
    { flags: '--namespace <name>', about: 'namespace of production, where there is no spec at hand' },
    { flags: '--service <name>', about: 'service whose lock and record are meant, together with --namespace' },
    { flags: '--cluster <context>', about: "kubeconfig context, current or in-cluster; default the spec's, else current" },
    { flags: '--dry-run', about: 'only show the difference' },
    { flags: '-y, --yes', about: 'put back without asking' },
    { flags: '--release', about: 'leave the world as it is: only clear lock and record' },
    { flags: '--take-over', about: 'also from a deployment whose worker is at work' },
    asOption,
  ],
  run: async (context) => (await import('../acts/repair.js')).repair(context),
};
