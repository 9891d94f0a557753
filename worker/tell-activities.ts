import type { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor, ActivityInterceptors } from '@temporalio/worker';
import { log } from './log';

/** One line for every step that begins, ends or fails: with deployment and step, and nothing of inputs and results. */
export function tellActivities({ info }: Context): ActivityInterceptors {
  const fields = {
    deployment: info.workflowExecution?.workflowId ?? '',
    run: info.workflowExecution?.runId ?? '',
    step: info.activityId,
    does: info.activityType,
    attempt: info.attempt,
  };
  const inbound: ActivityInboundCallsInterceptor = {
    async execute(input, next) {
      const began = Date.now();
      log('info', 'step begins', fields);
      try {
        const out: unknown = await next(input);
        log('info', 'step is done', { ...fields, took: Date.now() - began });
        return out;
      } catch (error) {
        const { name, type } = (error ?? {}) as { readonly name?: unknown; readonly type?: unknown };
        log('warn', 'step failed', { ...fields, took: Date.now() - began, type: typeof type === 'string' ? type : String(name) });
        throw error;
      }
    },
  };
  return { inbound };
}
