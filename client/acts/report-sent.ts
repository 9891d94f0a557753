import type { Context } from '../command';
import { wrap } from '../screens/look';
import type { Sent } from '../send-message';
import type { AllMessages, Run } from '../temporal/engine';

/** Tells what became of a message. */
export function reportSent(
  { out }: Context,
  name: keyof AllMessages,
  run: Run,
  sent: Sent,
  more: Readonly<Record<string, unknown>> = {},
): void {
  out.say(...wrap(sent.answer, out.look.width));
  out.data({
    message: name,
    result: sent.kind,
    answer: sent.answer,
    deploymentId: run.memo.deploymentId ?? null,
    workflowId: run.workflowId,
    runId: run.runId,
    ...more,
  });
}
