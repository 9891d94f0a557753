import { howItEnded, whatItIs } from '../../workflows/runbook/report/outcomes';
import type { DeploymentReport, Outcome } from '../../workflows/runbook/view';
import { asStated } from '../identity';
import { noticeLines } from './called';
import { beside, mark, paint, type Ink, type Look, type Mark } from './look';
import { rowLines } from './rows';
import { span, stamp } from './words';

const outcomes: Readonly<Record<Outcome, { readonly ink: Ink; readonly sign: Mark }>> = {
  SUCCEEDED: { ink: 'good', sign: 'done' },
  SUCCEEDED_WITH_WAIVERS: { ink: 'warn', sign: 'done' },
  ROLLED_BACK: { ink: 'warn', sign: 'skipped' },
  ROLLBACK_INCOMPLETE: { ink: 'bad', sign: 'failed' },
  FAILED: { ink: 'bad', sign: 'failed' },
  EXPIRED: { ink: 'warn', sign: 'failed' },
};

/** How it ended: the one sentence, the evidence, what was undone, what was not and the command that finishes it. */
export function reportLines(look: Look, report: DeploymentReport): readonly string[] {
  const { ink, sign } = outcomes[report.outcome];
  const heading = `${whatItIs(report)} in ${report.environment}: ${howItEnded(report)}`;
  return [
    ...(report.rows.length > 0 ? [...rowLines(look, report.rows, report.endedAt, () => []), ''] : []),
    paint(look, ink, `${mark(look, sign)} ${heading}`),
    ...beside('  ', report.reason, look.width),
    ...section(
      look,
      'put back',
      report.undone.map(({ title, note }) => (note ? `${title}: ${note}` : title)),
    ),
    ...leftLines(look, report),
    ...section(look, 'stays by its nature', report.forwardOnly),
    ...section(look, 'skipped', report.waivers),
    ...section(look, 'no file of this report was kept', report.unkept === undefined ? [] : [report.unkept]),
    ...section(look, 'people were told', noticeLines(report.notices ?? [])),
    ...section(look, `decided by people (${asStated})`, decisionLines(report)),
    '',
    `  ${report.outcome}   ${span(report.endedAt - report.startedAt)}   ${report.deploymentId}`,
  ];
}

/** Oldest first. Where there were too many, those between the first and the newest are counted. */
function decisionLines({ decisions, unlisted }: DeploymentReport): readonly string[] {
  const lines = decisions.map(({ what, by, at, comment, on }) => `${stamp(at)} ${by}: ${what} ${on}${comment ? ` "${comment}"` : ''}`);
  if (unlisted === 0) return lines;
  const first = Math.floor(lines.length / 2);
  return [...lines.slice(0, first), `… ${unlisted} more: Temporal's history has them …`, ...lines.slice(first)];
}

function leftLines(look: Look, { left }: DeploymentReport): readonly string[] {
  if (left.length === 0) return [];
  return [
    '',
    paint(look, 'bad', 'Left to do by hand'),
    ...left.flatMap(({ subject, reason, byHand }) => [
      ...beside('  ', `${subject}: ${reason}`, look.width),
      paint(look, 'accent', `    ${byHand}`),
    ]),
  ];
}

function section(look: Look, title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0
    ? []
    : ['', `${title[0]?.toUpperCase()}${title.slice(1)}`, ...lines.flatMap((line) => beside('  ', line, look.width))];
}
