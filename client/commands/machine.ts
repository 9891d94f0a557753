/** What runs on this machine, and what it needs. */
import type { Command } from '../command';
import { specOptions } from '../options';

export const demo: Command = {
  name: 'demo',
  summary: 'See a whole deployment on this machine: server, cluster, worker, web UI',
  example: 'analytics-deploy demo --yes --break errors@50',
  options: [
    { flags: '-y, --yes', about: 'answer the approvals as named people, stop everything at the end' },
    {
      flags: '--break <fault@share>',
      about: 'switch a fault on when the candidate has that share: errors@50, latency@20, cache@50, crash@10',
    },
    { flags: '--kill <place>', about: 'kill the worker there with SIGKILL and start it again: worker@2.2, worker@2.3, worker@rollback' },
    { flags: '--cluster <cluster>', about: 'stand-in (default), real (a control plane, built once with Go), or a kubeconfig file' },
    { flags: '--full', about: 'the whole runbook: from the checklist to the report and the first follow-up' },
    { flags: '--dir <folder>', about: 'where data, logs and kubeconfig are kept; default .demo' },
  ],
  run: async (context) => (await import('../acts/demo.js')).demo(context),
};

export const doctor: Command = {
  name: 'doctor',
  summary: 'Check what a deployment needs, and say how to mend what is missing',
  example: 'analytics-deploy doctor --spec analytics.yaml',
  options: [
    ...specOptions,
    { flags: '--task-queue <name>', about: 'queue of the workers' },
    { flags: '--exec-task-queue <name>', about: 'queue of the exec workers' },
  ],
  run: async (context) => (await import('../acts/doctor.js')).doctor(context),
};

export const rbac: Command = {
  name: 'rbac',
  summary: 'Print the Roles that the worker needs for a spec, and nothing more',
  example: 'analytics-deploy rbac --spec analytics.yaml | kubectl apply -f -',
  options: [
    ...specOptions,
    { flags: '--service-account <name>', about: 'whom they are for; default analytics-deploy' },
    { flags: '--namespace <name>', about: 'where the worker runs; default the namespace of production' },
  ],
  run: async (context) => (await import('../acts/rbac.js')).rbac(context),
};

export const worker: Command = {
  name: 'worker',
  summary: 'Run a worker: it does the deploying',
  example: 'analytics-deploy worker --role all',
  options: [
    {
      flags: '--role <role>',
      about: 'control: workflows, cluster and traffic; exec: commands and load; default all',
      choices: ['all', 'control', 'exec'],
    },
    { flags: '--listen <address>', about: 'host:port of /healthz, /readyz, /metrics and /alerts; default none' },
    { flags: '--alert-token <place>', about: "takes Alertmanager's pushes at /alerts with this token: env:NAME or file:/path" },
    { flags: '--verify', about: 'replay open deployments with this build and stop: exit 1 where one does not' },
    { flags: '--task-queue <name>', about: 'queue to poll; default ANALYTICS_DEPLOY_TASK_QUEUE, else analytics-deploy' },
    {
      flags: '--exec-task-queue <name>',
      about: 'queue of the exec role; default ANALYTICS_DEPLOY_EXEC_TASK_QUEUE, else analytics-deploy-exec',
    },
  ],
  run: async (context) => (await import('../acts/worker.js')).worker(context),
};

export const sandbox: Command = {
  name: 'sandbox',
  summary: 'Run the stand-in world alone: cluster, application, gateway, load, git',
  example: 'analytics-deploy sandbox',
  passesThrough: true,
  run: async (context) => (await import('../acts/sandbox.js')).sandbox(context),
};

export const setup: Command = {
  name: 'setup',
  summary: 'Fetch the servers for demo and tests, once',
  example: 'analytics-deploy setup',
  options: [{ flags: '--strict', about: 'fail where one beside the service cannot be had' }],
  run: async (context) => (await import('../acts/setup.js')).setup(context),
};

export const completion: Command = {
  name: 'completion',
  summary: 'Print the shell completion',
  example: 'source <(analytics-deploy completion bash)',
  arguments: [{ name: 'shell', about: 'bash, zsh or fish', required: true }],
  run: async (context) => (await import('../acts/completion.js')).completion(context),
};
