import { createEventGroup } from '@temporalio/workflow';

/**
 * Shows all that `body` does as one group in the web UI. The only place that knows the experimental API; servers without it show no group.
 * Every event of the group carries its id beside the label: the label's initials are enough.
 */
export function inGroup<T>(label: string, body: () => Promise<T>): Promise<T> {
  return createEventGroup(label, { id: label.replaceAll(/(\w)\w*\W*/g, '$1') }).withScope(body);
}
