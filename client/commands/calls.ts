/** Answering when the deployment calls people. */
import type { Command } from '../command';
import { asOption, commentOption, idArgument } from '../options';

export const ack: Command = {
  name: 'ack',
  summary: 'Say that you are at it: no other contact is called',
  example: 'analytics-deploy ack deploy:analytics:production',
  more: ['A step that waits for a decision still waits for it: see "status".'],
  arguments: [idArgument],
  options: [asOption, commentOption],
  run: async (context) => (await import('../acts/calls.js')).ack(context),
};
