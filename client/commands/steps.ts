/** Answering a step, and giving a watch more time. */
import type { Command } from '../command';
import { asOption, commentOption, idArgument, stepOption } from '../options';

export const retry: Command = {
  name: 'retry',
  summary: 'Try a step that needs attention again',
  example: 'analytics-deploy retry deploy:analytics:production --step 1.3.load',
  arguments: [idArgument],
  options: [stepOption, asOption, commentOption],
  run: async (context) => (await import('../acts/steps.js')).retry(context),
};

export const skip: Command = {
  name: 'skip',
  summary: 'Skip a step that needs attention, or a single undo, with the reason',
  example: 'analytics-deploy skip deploy:analytics:production --step 1.3.load -m "measured yesterday"',
  arguments: [idArgument],
  options: [stepOption, asOption, commentOption],
  run: async (context) => (await import('../acts/steps.js')).skip(context),
};

export const adopt: Command = {
  name: 'adopt',
  summary: 'Take the value that somebody else has set as it is, and go on from it',
  example: 'analytics-deploy adopt deploy:analytics:production -m "ops moved it"',
  more: ['Answers a step that found a foreign value. The way back restores what was', 'there before the deployment changed it.'],
  arguments: [idArgument],
  options: [stepOption, asOption, commentOption],
  run: async (context) => (await import('../acts/steps.js')).adopt(context),
};

export const extend: Command = {
  name: 'extend',
  summary: 'Make the running watch longer',
  example: 'analytics-deploy extend deploy:analytics:production --by 5m',
  arguments: [idArgument],
  options: [{ flags: '--by <duration>', about: 'how much longer, such as 5m or 90s', required: true }, asOption, commentOption],
  run: async (context) => (await import('../acts/steps.js')).extend(context),
};
