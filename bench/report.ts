import type { Machine, Quiet } from './machine';
import type { Metric } from './metric';
import { figureOf, isValid, verdictOf, type RatioRow, type Row } from './rows';
import type { Interval, Summary } from './statistics';

/** One metric as it was measured. */
export interface Measured {
  readonly metric: Pick<Metric, 'id' | 'title' | 'notes'>;
  readonly rows: readonly Row[];
  readonly seconds: number;
  readonly quiet: Quiet;
}

export function headOf(machine: Machine, full: boolean, file: boolean): string {
  const { node, sdk, server, cpu, cores, memoryGb } = machine;
  return [
    `Node ${node}, Temporal SDK ${sdk}, server ${server} (${file ? 'data in a file' : 'data in memory'})`,
    `${cores} cores, ${memoryGb} GB, ${cpu}`,
    full ? 'full repetitions' : 'few repetitions; all of them with: npm run bench -- --full',
  ].join('\n');
}

export function textOf({ metric, rows, seconds, quiet }: Measured): string {
  return [
    `${metric.id}  ${metric.title}   (${Math.round(seconds)} s)`,
    ...rows.flatMap(linesOf),
    ...metric.notes.map((note) => `    · ${note}`),
    `    · machine meanwhile: ${quietLine(quiet)}`,
  ].join('\n');
}

function linesOf(row: Row): readonly string[] {
  const { what, goal, unit } = row;
  const relative = row.kind === 'ratio';
  const limit = goal === null ? '' : `goal ≤ ${goal}${relative ? ' ×' : unitOf(unit)}`;
  const figure = `${number(figureOf(row))}${relative ? ' ×' : unitOf(unit)}`;
  const head = `  ${what.padEnd(46)} ${limit.padEnd(14)} ${figure.padStart(10)}   ${verdictOf(row)}`;
  return relative ? [head, ...ratioLines(row)] : [`${head}   n ${row.n}`];
}

function ratioLines(row: RatioRow): readonly string[] {
  const { ratio, sameAgain, baseline, subject, baselineIs, unit } = row;
  return [
    `      n ${ratio.n} · p10-p90 ${range(ratio)} · 95 % interval ${interval(ratio.interval)}`,
    `      ours ${values(subject, unit)} · ${baselineIs} ${values(baseline, unit)}`,
    `      A/A ${number(sameAgain.median)} × · n ${sameAgain.n} · p10-p90 ${range(sameAgain)} · 95 % interval ${interval(sameAgain.interval)}`,
    ...(isValid(row) ? [] : ['      NOT VALID: the baseline against itself is too unsteady. Run it again on a quieter machine.']),
  ];
}

const range = ({ p10, p90 }: Summary): string => `${number(p10)}–${number(p90)}`;
const interval = ({ low, high }: Interval): string => `${number(low)}–${number(high)}`;
const values = (summary: Summary, unit: string): string => `${number(summary.median)} ${unit} (${range(summary)})`;
const unitOf = (unit: string): string => (unit === '' ? '' : ` ${unit}`);

/** Three digits that matter, and no more. */
function number(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function quietLine({ steal, busy, load, canary }: Quiet): string {
  const share = (part: number | null): string => (part === null ? 'unknown' : `${(part * 100).toFixed(1)} %`);
  return `steal ${share(steal)}, busy ${share(busy)}, load ${load.toFixed(1)}, fixed loop ${number(canary.median)} ms (worst ${number(canary.worst)})`;
}

/** One line per goal: the figures at a glance. */
export function summaryOf(all: readonly Measured[]): string {
  const judged = all.flatMap(({ rows }) => rows.filter(({ goal }) => goal !== null));
  const missed = judged.filter((row) => verdictOf(row) === 'MISSED');
  const invalid = judged.filter((row) => !isValid(row));
  return [
    `${judged.length - missed.length} of ${judged.length} goals reached${missed.length > 0 ? `. MISSED: ${missed.map(({ what }) => what).join('; ')}` : ''}`,
    ...(invalid.length > 0
      ? [`This run is not valid: ${invalid.length} rows were measured on too unsteady a machine. Counts hold all the same.`]
      : []),
  ].join('\n');
}
