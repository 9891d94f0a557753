import type { AttentionView, FailedLine } from '../../workflows/runbook/view';
import { beside, commandLines, mark, paint, type Look } from './look';
import { span, timeOfDay } from './words';

/** What a person types for each way out. */
export const attentionCommands: Readonly<Record<AttentionView['choices'][number], (id: string, attention: Asking) => string>> = {
  retry: (id, { step }) => `analytics-deploy retry ${id} --step ${step}`,
  adopt: (id, { step }) => `analytics-deploy adopt ${id} --step ${step}`,
  skip: (id, { step }) => `analytics-deploy skip ${id} --step ${step} --comment "why"`,
  waive: (id, { lines = [] }) =>
    `analytics-deploy waive ${id} --item ${lines.find(({ waived }) => waived === null)?.id ?? 'ITEM'} --comment "why" --until YYYY-MM-DD`,
  rollback: (id) => `analytics-deploy rollback ${id}`,
  abort: (id) => `analytics-deploy abort ${id}`,
  extend: (id) => `analytics-deploy extend ${id} --by 5m`,
};
type Asking = Pick<AttentionView, 'step' | 'lines'>;

/** A step or an undo that waits for a decision: the one sentence, or one for each line that failed, and every way out. */
export function attentionLines(look: Look, deploymentId: string, attention: AttentionView, now: number): readonly string[] {
  const { step, title, reason, deadline, onDeadline, choices, lines } = attention;
  return [
    paint(look, 'warn', `Needs attention: ${title.includes(step) ? title : `${title} (${step})`}`),
    ...(lines ? lines.flatMap((line) => failedLine(look, line)) : beside('   ', reason, look.width)),
    ...beside(
      '   ',
      `without a decision: ${onDeadline} at ${timeOfDay(deadline, now)}, in ${span(Math.max(0, deadline - now))}`,
      look.width,
    ),
    ...choices
      .flatMap((choice) => commandLines(attentionCommands[choice](deploymentId, attention), 5, look.width))
      .map((line) => paint(look, 'accent', line)),
  ];
}

function failedLine(look: Look, { id, reason, waived }: FailedLine): readonly string[] {
  return waived === null
    ? beside(`   ${mark(look, 'failed')} `, `${id}: ${reason}`, look.width)
    : beside(`   ${mark(look, 'skipped')} `, waived, look.width);
}
