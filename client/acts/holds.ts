import { argumentOf, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { findDeployment } from '../find-deployment';
import { sendMessage } from '../send-message';
import { messageFrom } from './message';
import { reportSent } from './report-sent';

export const pause = (context: Context): Promise<number> => hold(context, 'pause');
export const resume = (context: Context): Promise<number> => hold(context, 'resume');

async function hold(context: Context, name: 'pause' | 'resume'): Promise<number> {
  const engine = await context.connect();
  const run = await findDeployment(engine, argumentOf(context, 'id'));
  reportSent(context, name, run, await sendMessage(engine, run, name, messageFrom(context, name)));
  return exitCodes.ok;
}
