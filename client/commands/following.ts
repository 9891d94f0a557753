/** Looking at deployments. */
import type { Command } from '../command';
import { asOption, commentOption, idArgument, optionalIdArgument, uiOption } from '../options';

export const status: Command = {
  name: 'status',
  summary: 'Show where a deployment stands; works while no worker is up',
  example: 'analytics-deploy status deploy:analytics:production',
  arguments: [optionalIdArgument],
  options: [uiOption],
  run: async (context) => (await import('../acts/status.js')).status(context),
};

export const watch: Command = {
  name: 'watch',
  summary: 'Follow a deployment until it ends; Ctrl-C detaches and touches nothing',
  example: 'analytics-deploy watch deploy:analytics:production',
  more: [
    'Keys: a abort, p pause or resume, e extend the watch, q leave it running.',
    'On a pipe: one line per event; with --json one object per line.',
    'The exit code is that of the outcome.',
  ],
  arguments: [optionalIdArgument],
  options: [asOption, uiOption],
  run: async (context) => (await import('../acts/watch.js')).watch(context),
};

export const report: Command = {
  name: 'report',
  summary: 'Tell what a deployment did, for somebody who was not there',
  example: 'analytics-deploy report deploy:analytics:production --format html --output report.html',
  more: [
    'Works while it runs, while no worker is up (and says what is missing), and',
    'after Temporal has dropped the history: from the file that was kept at its end.',
  ],
  arguments: [optionalIdArgument],
  options: [
    { flags: '-f, --format <form>', about: 'Markdown, a page by itself, or the model; default md', choices: ['md', 'html', 'json'] },
    { flags: '--output <file>', about: 'write it there instead of to standard output' },
    { flags: '--from <folder>', about: 'only from kept files; default after Temporal: ANALYTICS_DEPLOY_REPORTS' },
    uiOption,
  ],
  run: async (context) => (await import('../acts/report.js')).report(context),
};

export const list: Command = {
  name: 'list',
  summary: 'List the deployments that are running, and releases that are looked after',
  example: 'analytics-deploy list',
  run: async (context) => (await import('../acts/list.js')).list(context),
};

export const followUp: Command = {
  name: 'follow-up',
  summary: 'Show how a release is looked after, call for a look, or end it',
  example: 'analytics-deploy follow-up deploy:analytics:production',
  more: [
    'The follow-ups of a deployment that has succeeded: looks at signals and data,',
    'digests, alerts. --stop ends them and leaves the release as it is.',
    '--alert tells of something that you see, as Alertmanager would: people are told',
    'and the release is looked at, once until it is --over.',
  ],
  arguments: [idArgument],
  options: [
    { flags: '--alert <name>', about: 'tell of an alert by hand; say with -m what is seen' },
    { flags: '--over', about: 'with --alert: it is over' },
    { flags: '--stop', about: 'end the follow-ups' },
    asOption,
    commentOption,
  ],
  run: async (context) => (await import('../acts/follow-up.js')).followUp(context),
};
