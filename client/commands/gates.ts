/** Deciding at a gate. */
import type { Command } from '../command';
import { asOption, commentOption, gateOptions, idArgument } from '../options';

export const approve: Command = {
  name: 'approve',
  summary: 'Approve what an open gate shows',
  example: 'analytics-deploy approve deploy:analytics:production --gate production --digest 3f9a1c0d2b4e',
  more: ['Without --digest it shows what would be approved, and asks at a terminal.'],
  arguments: [idArgument],
  options: [...gateOptions, asOption, commentOption],
  run: async (context) => (await import('../acts/gates.js')).approve(context),
};

export const reject: Command = {
  name: 'reject',
  summary: 'Reject what an open gate shows: the deployment ends, everything is put back',
  example: 'analytics-deploy reject deploy:analytics:production --digest 3f9a1c0d2b4e -m "wrong week"',
  arguments: [idArgument],
  options: [...gateOptions, asOption, commentOption],
  run: async (context) => (await import('../acts/gates.js')).reject(context),
};
