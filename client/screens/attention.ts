import type { AttentionView } from '../../workflows/runbook/view';
import { beside, commandLines, paint, type Look } from './look';
import { span, timeOfDay } from './words';

/** What a person types for each way out. */
export const attentionCommands: Readonly<Record<AttentionView['choices'][number], (id: string, step: string) => string>> = {
  retry: (id, step) => `analytics-deploy retry ${id} --step ${step}`,
  adopt: (id, step) => `analytics-deploy adopt ${id} --step ${step}`,
  skip: (id, step) => `analytics-deploy skip ${id} --step ${step} --comment "why"`,
  rollback: (id) => `analytics-deploy rollback ${id}`,
  extend: (id) => `analytics-deploy extend ${id} --by 5m`,
};

/** A step or an undo that waits for a decision: the one sentence, and every way out. */
export function attentionLines(look: Look, deploymentId: string, attention: AttentionView, now: number): readonly string[] {
  const { step, title, reason, deadline, onDeadline, choices } = attention;
  return [
    paint(look, 'warn', `Needs attention: ${title.includes(step) ? title : `${title} (${step})`}`),
    ...beside('   ', reason, look.width),
    ...beside(
      '   ',
      `without a decision: ${onDeadline} at ${timeOfDay(deadline, now)}, in ${span(Math.max(0, deadline - now))}`,
      look.width,
    ),
    ...choices
      .flatMap((choice) => commandLines(attentionCommands[choice](deploymentId, step), 5, look.width))
      .map((line) => paint(look, 'accent', line)),
  ];
}
