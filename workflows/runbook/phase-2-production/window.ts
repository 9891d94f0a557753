/** Runbook, "Deployment Windows": production waits until all of it fits into one. */
import { WHOLE_RUNBOOK } from '../patches';
import type { Context, Runner, Section } from '../step';

export const window: Section = {
  id: 'window',
  title: 'window',
  phase: 'window',
  since: WHOLE_RUNBOOK,
  without: ({ windows }) => (windows ? null : 'the spec names no windows: production may be written at any time'),
  run: async (runbook, context) => void (await wait(runbook, context)),
};

/** Waits for the window where there is one; true where time has passed, so that what was approved must be looked at again. */
export async function waitForWindow(runbook: Runner, context: Context): Promise<boolean> {
  let hasWaited = false;
  await runbook.section({ ...window, run: async (...all) => void (hasWaited = await wait(...all)) }, context);
  return hasWaited;
}

async function wait(runbook: Runner, context: Context): Promise<boolean> {
  const { windows } = context.request.spec;
  return windows ? runbook.awaitWindow({ kind: 'window', id: 'window.wait', title: 'wait for the window', windows }, context) : false;
}
