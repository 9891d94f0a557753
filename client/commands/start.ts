/** Starting a deployment. */
import type { Command } from '../command';
import { asOption, askedOptions, releaseOptions, specOptions, uiOption } from '../options';

export const start: Command = {
  name: 'start',
  summary: 'Start a deployment',
  example: 'analytics-deploy start --release v1.0.0 --wait',
  options: [
    ...releaseOptions,
    ...specOptions,
    asOption,
    { flags: '-w, --wait', about: 'follow it until it ends; Ctrl-C detaches' },
    { flags: '--supersede', about: 'end a running deployment that has not touched production, then start' },
    { flags: '--take-over', about: "take the target's lock from whoever holds it, and what it left as it is; needs --reason" },
    ...askedOptions,
    { flags: '--reason <text>', about: 'why it is taken over, or why it is an emergency' },
    { flags: '--task-queue <name>', about: 'queue of the workers; default ANALYTICS_DEPLOY_TASK_QUEUE, else analytics-deploy' },
    {
      flags: '--exec-task-queue <name>',
      about: 'queue of the exec workers; default ANALYTICS_DEPLOY_EXEC_TASK_QUEUE, else analytics-deploy-exec',
    },
    uiOption,
  ],
  run: async (context) => (await import('../acts/start.js')).start(context),
};
