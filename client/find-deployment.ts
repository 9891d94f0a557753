import { followUpIdOf, workflowIdOf } from '../workflows/messages';
import { readId } from './ids';
import { refused, wrongUsage } from './problems';
import type { Engine, Run } from './temporal/engine';

/** The run that an id means: the newest of a workflow id, or the one that carries the deployment id. */
export async function findDeployment(engine: Engine, text: string): Promise<Run> {
  const named = readId(text);
  if (!named) {
    throw wrongUsage(
      `"${text}" is no deployment. Give a deployment id (analytics-production-v1.0.0-20261124T020000Z) or deploy:<service>:<environment>; "analytics-deploy list" shows what runs.`,
    );
  }
  const run = named.kind === 'workflow' ? await engine.describe(named) : await byDeploymentId(engine, named.deploymentId, named.lanes);
  if (run) return run;
  throw refused(
    `There is no deployment "${text}" in namespace "${engine.namespace}" at ${engine.address}. "analytics-deploy list" shows what runs there.`,
  );
}

/** The newest run of its lane first: that is exact, while visibility lags behind. */
async function byDeploymentId(
  engine: Engine,
  deploymentId: string,
  lanes: readonly { readonly service: string; readonly environment: string }[],
): Promise<Run | null> {
  const newest = await Promise.all(
    lanes.map(({ service, environment }) => engine.describe({ workflowId: workflowIdOf(service, environment) })),
  );
  const exact = newest.find((run) => run?.memo.deploymentId === deploymentId);
  if (exact) return exact;
  const found = await engine.find(deploymentId);
  return found && engine.describe(found);
}

/** The one deployment that runs, where no id was given. */
export async function findOnlyDeployment(engine: Engine): Promise<Run> {
  const open = await engine.open();
  const [only] = open;
  if (only && open.length === 1) return (await engine.describe(only)) ?? only;
  if (!only) throw refused('No deployment is running. Give the id of an ended one, or start one: analytics-deploy start --release v1.0.0');
  throw wrongUsage(`${open.length} deployments are running; say which: ${open.map(({ workflowId }) => workflowId).join(', ')}`);
}

/**
 * The follow-ups of a deployment, by its id or their own.
 *
 * @throws where there are none: the spec may have no followUps, or the deployment may not have got there.
 */
export async function findFollowUps(engine: Engine, text: string): Promise<Run> {
  const id = text.replace(/^follow-up:/, '');
  const deploymentId = readId(id)?.kind === 'deployment' ? id : (await findDeployment(engine, id)).memo.deploymentId;
  const run = deploymentId === undefined ? null : await engine.describe({ workflowId: followUpIdOf(deploymentId) });
  if (run) return run;
  throw refused(
    `There are no follow-ups of "${text}" in namespace "${engine.namespace}": they begin at the end of a deployment that succeeds, where the spec has followUps. See "analytics-deploy status ${id}".`,
  );
}
