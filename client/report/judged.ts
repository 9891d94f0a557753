import type { CriterionPart, Judgement, SignalPart } from '../../workflows/runbook/report/judged';
import type { ReportModel } from '../../workflows/runbook/report/model';
import { asStated } from '../identity';
import { moment, section, sentence, type Cell, type Section, type TableRow, type Tone } from './blocks';

const tones: Readonly<Record<Judgement, Tone>> = {
  met: 'good',
  'not met': 'bad',
  waived: 'warn',
  skipped: 'warn',
  'left out': 'plain',
  open: 'plain',
  'not judged': 'warn',
};

/** The criteria of success, each with what it rests on. */
export function success({ success: part, endedAt }: ReportModel): Section | null {
  if (!part) return null;
  const { leftOut, criteria } = part;
  const title = 'Success criteria';
  if (leftOut !== null) return section('success', title, [{ kind: 'text', text: `Left out: ${leftOut}.` }]);
  return section('success', title, [
    { kind: 'text', text: `${summary(criteria)}. What cannot be proved is not met; ${asStated}.` },
    {
      kind: 'table',
      columns: ['criterion', 'what', 'judged by', 'verdict', 'evidence', 'attested or waived by'],
      rows: criteria.map((criterion) => {
        const { id, title: what, judgedBy, evidence } = criterion;
        return { cells: [{ code: id }, what, judgedBy, verdictCell(criterion, endedAt), evidence, person(criterion)] };
      }),
    },
  ]);
}

/** What is monitored, by its groups. */
export function monitoring({ monitoring: part, endedAt }: ReportModel): Section | null {
  if (!part) return null;
  const { leftOut, signals } = part;
  const title = 'Monitoring';
  if (leftOut !== null) return section('monitoring', title, [{ kind: 'text', text: `Left out: ${leftOut}.` }]);
  const groups = [...new Set(signals.map(({ group }) => group))];
  return section('monitoring', title, [
    {
      kind: 'text',
      text: `${summary(signals)}. Where there is no evidence a signal is never taken for met: the last column says what it means.`,
    },
    {
      kind: 'table',
      columns: ['signal', 'what', 'source', 'limit', 'verdict', 'measured', 'without evidence'],
      rows: groups.flatMap((group) => [
        { cells: [group, '', '', '', '', '', ''], heads: true } as const,
        ...signals.filter((signal) => signal.group === group).map((signal) => signalRow(signal, endedAt)),
      ]),
    },
  ]);
}

function signalRow(signal: SignalPart, endedAt: string | null): TableRow {
  const { id, title, source, limit, measured, absence } = signal;
  const by = person(signal);
  const value = by === '' ? measured : [by, measured].filter(Boolean).join(': ');
  return { cells: [{ code: id }, title, source, limit, verdictCell(signal, endedAt), value, absence] };
}

type Judged = Pick<CriterionPart, 'verdict' | 'by' | 'at'>;

/** While it runs nothing is known yet of what is to come. */
function verdictCell({ verdict }: Judged, endedAt: string | null): Cell {
  return verdict === 'not judged' && endedAt === null ? 'to come' : { state: tones[verdict], text: verdict };
}

function person({ by, at }: Judged): string {
  return by === null ? '' : at === null ? by : `${by}, ${moment(at)}`;
}

/** `13 of 15 met, 1 waived, 1 left out` */
function summary(parts: readonly Judged[]): string {
  const others = (Object.keys(tones) as Judgement[]).filter((verdict) => verdict !== 'met');
  const counts = others.flatMap((verdict) => {
    const count = parts.filter((part) => part.verdict === verdict).length;
    return count > 0 ? [`${count} ${verdict}`] : [];
  });
  return sentence([`${parts.filter(({ verdict }) => verdict === 'met').length} of ${parts.length} met`, ...counts].join(', '));
}
