import type { Check, ChecklistLine } from '../step';
import type { ChecklistLineId } from './ids';

/** A line of the checklist: a check under its line's id, with what it looks at. */
export function line<In, Out>(step: Check<In, Out> & { readonly id: ChecklistLineId }, input: In): ChecklistLine {
  return { id: step.id, title: step.title, perform: (checker) => checker.check(step, input) };
}
