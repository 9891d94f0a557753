/** Holding a deployment. */
import type { Command } from '../command';
import { asOption, commentOption, idArgument } from '../options';

export const pause: Command = {
  name: 'pause',
  summary: 'Hold: traffic stays where it is, the rest of a watch is kept',
  example: 'analytics-deploy pause deploy:analytics:production',
  arguments: [idArgument],
  options: [asOption, commentOption],
  run: async (context) => (await import('../acts/holds.js')).pause(context),
};

export const resume: Command = {
  name: 'resume',
  summary: 'Go on after a pause',
  example: 'analytics-deploy resume deploy:analytics:production',
  arguments: [idArgument],
  options: [asOption, commentOption],
  run: async (context) => (await import('../acts/holds.js')).resume(context),
};
