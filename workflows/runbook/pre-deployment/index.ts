/** Runbook, pre-deployment checklist: all lines side by side, and all that fails is told at once. */
import { WHOLE_RUNBOOK } from '../patches';
import type { ChecklistLine, Context, Section } from '../step';
import { codeLines } from './code';
import { environmentLines } from './environment';
import { checklistLineIds } from './ids';
import { infrastructureLines } from './infrastructure';

export const checklist: Section = {
  id: 'checklist',
  title: 'checklist',
  phase: 'before: checklist',
  since: WHOLE_RUNBOOK,
  without: (spec) => ((spec.checklist ?? spec.database) ? null : 'the spec has no checklist'),
  run: (runbook, context) => runbook.checklist(lines(context), context),
};

/** What the spec gives something to look at, and what it has switched off: each reason is shown. */
function lines(context: Context): readonly ChecklistLine[] {
  const { off } = context.request.spec;
  const made = [...codeLines(context), ...environmentLines(context), ...infrastructureLines(context)];
  const left = checklistLineIds.filter((id) => Object.hasOwn(off, id) && !made.some((line) => line.id === id));
  return [...made, ...left.map((id) => ({ id, title: id.replace('checklist.', ''), perform: () => Promise.resolve() }))];
}
export { team } from './team';
