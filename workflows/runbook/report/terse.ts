import type { DeploymentReport, Row } from '../view';

/** A report as the history keeps it: a hundred rows do not say each that they have no children and no window. */
export type TerseReport = Omit<DeploymentReport, 'rows'> & { readonly rows: readonly TerseRow[] };
type TerseRow = Pick<Row, 'id' | 'title' | 'state'> & Partial<Omit<Row, 'children'>> & { readonly children?: readonly TerseRow[] };

export function terse(report: DeploymentReport): TerseReport {
  return { ...report, rows: report.rows.map((row) => terseRow(row, null)) };
}

/** The report again with all that goes without saying. Takes those of earlier builds too, which said all of it. */
export function inFull(report: TerseReport): DeploymentReport {
  return { ...report, rows: report.rows.map((row) => fullRow(row, null)) };
}

/** What begins with its section, and ends as it begins, does not say when. */
function terseRow({ startedAt, endedAt, window, note, children, ...said }: Row, sectionAt: number | null): TerseRow {
  return {
    ...said,
    ...(startedAt === sectionAt ? {} : { startedAt }),
    ...(endedAt === startedAt ? {} : { endedAt }),
    ...(window === null ? {} : { window }),
    ...(note === '' ? {} : { note }),
    ...(children.length === 0 ? {} : { children: children.map((child) => terseRow(child, startedAt)) }),
  };
}
function fullRow({ startedAt, endedAt, window = null, note = '', children = [], ...said }: TerseRow, sectionAt: number | null): Row {
  const from = startedAt === undefined ? sectionAt : startedAt;
  const to = endedAt === undefined ? from : endedAt;
  return { ...said, startedAt: from, endedAt: to, window, note, children: children.map((child) => fullRow(child, from)) };
}
