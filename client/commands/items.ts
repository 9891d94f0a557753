/** Attesting what no machine can look at, and letting a failed line pass for a time. */
import type { Command } from '../command';
import { asOption, commentOption, idArgument, itemOption } from '../options';

export const attest: Command = {
  name: 'attest',
  summary: 'Attest what no machine can look at, such as that operations is ready',
  example: 'analytics-deploy attest deploy:analytics:production --item team.operations -m "cy watches"',
  arguments: [idArgument],
  options: [itemOption, asOption, commentOption],
  run: async (context) => (await import('../acts/items.js')).attest(context),
};

export const waive: Command = {
  name: 'waive',
  summary: 'Let a failed line of the checklist, or an attestation, pass for a time',
  example: 'analytics-deploy waive deploy:analytics:production --item checklist.lint --until 2026-12-31 -m "why"',
  more: [
    'The waiver stands in plan, gate and report. Once its day is over it counts',
    'as none: before production the item is asked for again.',
  ],
  arguments: [idArgument],
  options: [
    itemOption,
    { flags: '--until <day>', about: 'its last day (UTC), such as 2026-12-31, or a time such as 2026-12-31T12:00:00Z', required: true },
    asOption,
    commentOption,
  ],
  run: async (context) => (await import('../acts/items.js')).waive(context),
};
