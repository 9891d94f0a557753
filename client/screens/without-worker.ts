import { deploymentLinesOf } from './memo';
import { mark, paint, wrap, type Look } from './look';
import { clock } from './words';
import type { Situation } from '../situation';

/** What the server knows without the workflow's own view: half of the answer, and it says so. */
export function withoutViewLines(look: Look, { run, missing, trouble }: Situation, now: number): readonly string[] {
  return [
    ...deploymentLinesOf(look, run),
    `${run.status}, ${clock((run.closedAt ?? now) - run.startedAt)} ${run.closedAt === null ? 'gone' : 'in all'}, ${run.events} events`,
    ...run.activities.map(({ id, attempt }) => `  ${mark(look, 'running')} ${id}${attempt > 1 ? `, attempt ${attempt}` : ''}`),
    '',
    ...trouble.flatMap((line) => wrap(`${mark(look, 'warning')} ${line}`, look.width).map((part) => paint(look, 'warn', part))),
    ...wrap(`Missing here: steps, gates and what would be undone, because ${missing ?? 'it was not asked'}.`, look.width),
  ];
}
