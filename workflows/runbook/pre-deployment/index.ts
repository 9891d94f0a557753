/** Runbook, pre-deployment checklist: all lines side by side, and all that fails is told at once. */
import { WHOLE_RUNBOOK } from '../patches';
import type { Section } from '../step';
import { codeLines } from './code';
import { environmentLines } from './environment';
import { infrastructureLines } from './infrastructure';

export const checklist: Section = {
  id: 'checklist',
  title: 'checklist',
  phase: 'before: checklist',
  since: WHOLE_RUNBOOK,
  without: (spec) => ((spec.checklist ?? spec.database) ? null : 'the spec has no checklist'),
  run: (runbook, context) =>
    runbook.checklist([...codeLines(context), ...environmentLines(context), ...infrastructureLines(context)], context),
};
export { team } from './team';
