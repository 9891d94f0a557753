/** What is deployed: write, check and read a spec. */
import type { Command } from '../command';
import { askedOptions, specOptions } from '../options';

export const init: Command = {
  name: 'init',
  summary: 'Write a commented starter spec',
  example: 'analytics-deploy init analytics.yaml',
  arguments: [{ name: 'file', about: 'where to; default ./analytics.yaml', required: false }],
  options: [{ flags: '--force', about: 'overwrite an existing file' }],
  run: async (context) => (await import('../acts/init.js')).init(context),
};

export const validate: Command = {
  name: 'validate',
  summary: 'Check a spec: every problem at once, with file, line and what is expected',
  example: 'analytics-deploy validate --spec analytics.yaml',
  options: [...specOptions],
  run: async (context) => (await import('../acts/validate.js')).validate(context),
};

export const plan: Command = {
  name: 'plan',
  summary: 'Show what will happen, how long it takes and what undoes it; needs no server',
  example: 'analytics-deploy plan --release v1.0.0',
  options: [
    { flags: '-r, --release <version>', about: 'the version to plan for; default v1.0.0' },
    { flags: '--commit <id>', about: 'the commit to release' },
    ...askedOptions,
    { flags: '--reason <text>', about: 'why it is an emergency' },
    { flags: '--risks', about: 'also the risks of the runbook, each with what covers it' },
    ...specOptions,
  ],
  run: async (context) => (await import('../acts/plan.js')).plan(context),
};

export const windows: Command = {
  name: 'windows',
  summary: 'List the next deployment windows and what would fit; needs no server',
  example: 'analytics-deploy windows --at 2026-11-24T03:30Z',
  options: [{ flags: '--at <time>', about: 'as seen from then, in UTC; default: now' }, ...specOptions],
  run: async (context) => (await import('../acts/windows.js')).windows(context),
};

export const runbook: Command = {
  name: 'runbook',
  summary: 'Show each line of the source runbook beside what stands for it',
  example: 'analytics-deploy runbook --markdown',
  options: [
    { flags: '--markdown', about: 'the runbook as it is performed, with the values of the spec' },
    { flags: '-r, --release <version>', about: 'the version to show it for; default v1.0.0' },
    ...specOptions,
  ],
  run: async (context) => (await import('../acts/runbook.js')).runbook(context),
};
