import { findDeployment, findOnlyDeployment } from '../find-deployment';
import type { Context } from '../command';
import { exitCodes } from '../exit-codes';
import { asStated } from '../identity';
import { failure } from '../problems';
import { deploymentLines } from '../screens/deployment';
import { plain } from '../screens/look';
import { reportLines } from '../screens/report';
import { withoutViewLines } from '../screens/without-worker';
import { readSituation, type Situation } from '../situation';
import type { Engine } from '../temporal/engine';
import { byHandLines } from './by-hand';
import { linkTo } from './links';
import { readWatched } from './watched';

/** Shows where a deployment stands, with or without a worker. */
export async function status(context: Context): Promise<number> {
  const { out } = context;
  const engine = await context.connect();
  const id = context.arguments['id'];
  const run = id === undefined ? await findOnlyDeployment(engine) : await findDeployment(engine, id);
  const situation = await readSituation(engine, run);
  if (!situation) throw failure(`The deployment ${run.workflowId} cannot be read any more. Try again.`);
  const link = linkTo(engine, run, context);
  const lines = await statusLines(context, engine, situation, link);
  const byHand = await byHandLines(context, engine, situation);
  out.say(...lines.map((line) => plain(out.look, line)), ...byHand);
  out.data({ ...situation, byHand, link });
  return exitCodes.ok;
}

async function statusLines(
  { out: { look } }: Context,
  engine: Engine,
  situation: Situation,
  link: string | null,
): Promise<readonly string[]> {
  const now = Date.now();
  if (situation.view) {
    const watched = await readWatched(engine, situation, {});
    return [
      ...deploymentLines(look, { view: situation.view, watched, trouble: situation.trouble, link, keys: [], now }),
      `${situation.view.deploymentId}   started by ${situation.view.requester} (${asStated})`,
    ];
  }
  const body = situation.report ? reportLines(look, situation.report) : withoutViewLines(look, situation, now);
  return [...body, ...(link ? [link] : [])];
}
