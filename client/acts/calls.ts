import { argumentOf, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { findDeployment } from '../find-deployment';
import { sendMessage } from '../send-message';
import { messageFrom } from './message';
import { reportSent } from './report-sent';

/** Stops the calls for what is open now. */
export async function ack(context: Context): Promise<number> {
  const engine = await context.connect();
  const run = await findDeployment(engine, argumentOf(context, 'id'));
  reportSent(context, 'ack', run, await sendMessage(engine, run, 'ack', messageFrom(context, 'ack')));
  return exitCodes.ok;
}
