import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { startOptions } from '../../client/temporal/start-options';
import { WORKFLOW_TYPE, workflowIdOf } from '../../workflows/messages';
import { Deployment } from '../workflows/harness';
import type { Stage } from './stage';

const root = join(__dirname, '..', '..');

export interface Answer {
  readonly code: number;
  readonly json: Readonly<Record<string, unknown>> | null;
  readonly said: string;
}
/** One command, as a person or a machine types it. */
export function command(stage: Stage, ...words: readonly string[]): Promise<Answer> {
  return new Promise((resolve) => {
    const env = { ...stage.environment(), ANALYTICS_DEPLOY_USER: 'ana' };
    execFile(process.execPath, [join(root, 'bin', 'analytics-deploy.js'), ...words, '--json'], { env }, (error, stdout, stderr) => {
      const lines = stdout.trim().split('\n').filter(Boolean);
      const json = JSON.parse(lines.at(-1) ?? 'null') as Answer['json'];
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, json, said: stdout + stderr });
    });
  });
}

/** A deployment in its lane, as the command line would start it. */
export async function deployInLane(stage: Stage, version: string): Promise<{ readonly deployment: Deployment; readonly id: string }> {
  const { spec } = stage.sandbox;
  const id = `${spec.service}-${spec.environment}-${version}-20261124T020000Z`;
  const request = {
    ...{ deploymentId: id, version, requester: 'ana', planDigest: 'plan', spec, searchAttributes: true },
    taskQueues: { control: stage.queue, exec: `${stage.queue}-exec` },
  };
  const options = startOptions(request, { summary: id, details: '' });
  const handle = await stage.temporal.client.workflow.start(WORKFLOW_TYPE, options);
  return { deployment: new Deployment(handle as never, request), id };
}

/** What runs in the lane now: a rollback that a command has started. */
export function newestInLane(stage: Stage, like: Deployment): Deployment {
  const { service, environment } = stage.sandbox.spec;
  return new Deployment(stage.temporal.client.workflow.getHandle(workflowIdOf(service, environment)), like.request);
}
