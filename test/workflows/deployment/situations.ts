import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Hook } from '../fake-world';
import type { Deployment } from '../harness';
import { testSpec } from '../test-request';

/** Fails one activity, as an adapter would say it. */
export const failing = (
  name: string,
  type: string,
  more: { readonly times?: number; readonly wrote?: boolean; readonly when?: 'before' | 'after' } = {},
): Hook => {
  let left = more.times ?? Infinity;
  return (called, _, when) => {
    if (called !== name || when !== (more.when ?? 'before') || left <= 0) return;
    left -= 1;
    throw ApplicationFailure.create({ type, message: `${name} failed.`, nonRetryable: true, details: [{ wrote: more.wrote ?? true }] });
  };
};

/** Of an activity: hangs until it is cancelled or its worker stops. */
export const hanging = (): Promise<never> =>
  new Promise((_, reject) => Context.current().cancellationSignal.addEventListener('abort', reject));

/** People are waited for only a moment. */
export const impatient = { attention: { deadline: 200, undoDeadline: 200 } };

/** A watch so long that only people end it. */
export const longWatch = testSpec({ ramp: { ...testSpec().ramp, initial: { share: 10, watch: 60_000 } } });

/** The first watch of production is under way. */
export const watching = (deployment: Deployment) =>
  deployment.until(({ rows }) =>
    rows.some(({ id, children }) => id === '2.2' && children.some((child) => child.id === '2.2.watch' && child.state === 'running')),
  );
