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
  summary: 'Roll back: as abort, recorded as a decision on the release',
  example: 'analytics-deploy rollback deploy:analytics:production -m "customers complain"',
  more: ['Exit 0 when the world is restored, else 4.'],
  arguments: [idArgument],
  options: [asOption, commentOption, noWaitOption],
  run: async (context) => (await import('../acts/endings.js')).rollback(context),
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
