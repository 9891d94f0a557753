/** What the deployment is measured against: the least that Temporal needs for the same thing. A bundle of its own. */
import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { BareActivities } from './bare-activities';

// A minute, as the SDK's own examples have it; what is not set is the SDK's default.
const { nothing, answered, held } = proxyActivities<BareActivities>({ startToCloseTimeout: '1 minute' });

export const tell = defineSignal('tell');

/** Steps that do nothing, one after another. */
export async function chain(length: number): Promise<void> {
  for (let step = 0; step < length; step++) await nothing();
}

/** Waits for a signal, then calls an activity. */
export async function answerSignal(): Promise<void> {
  let told = false;
  setHandler(tell, () => void (told = true));
  await nothing();
  await condition(() => told);
  await answered();
}

/** One long activity between two short ones. */
export async function longActivity(): Promise<void> {
  await nothing();
  await held();
  await answered();
}
