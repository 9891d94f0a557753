/** Ending a deployment before its end. */
import type { Command } from '../command';
import { asOption, commentOption, idArgument, noWaitOption } from '../options';

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
