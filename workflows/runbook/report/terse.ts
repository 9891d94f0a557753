import type { DeploymentReport, Row } from '../view';

/** A report as the history keeps it: a hundred rows do not say each that they have no children and no window. */
export type TerseReport = Omit<DeploymentReport, 'rows'> & { readonly rows: readonly TerseRow[] };
type TerseRow = Pick<Row, 'id' | 'title' | 'state'> & Partial<Omit<Row, 'children'>> & { readonly children?: readonly TerseRow[] };

export function terse(report: DeploymentReport): TerseReport {
  return { ...report, rows: report.rows.map(terseRow) };
}

/** The report again with all that goes without saying. Takes those of earlier builds too, which said all of it. */
export function inFull(report: TerseReport): DeploymentReport {
  return { ...report, rows: report.rows.map(fullRow) };
}

function terseRow({ startedAt, endedAt, window, note, children, ...said }: Row): TerseRow {
  return {
    ...said,
    ...(startedAt === null ? {} : { startedAt }),
    ...(endedAt === null ? {} : { endedAt }),
    ...(window === null ? {} : { window }),
    ...(note === '' ? {} : { note }),
    ...(children.length === 0 ? {} : { children: children.map(terseRow) }),
  };
}
function fullRow({ startedAt = null, endedAt = null, window = null, note = '', children = [], ...said }: TerseRow): Row {
  return { ...said, startedAt, endedAt, window, note, children: children.map(fullRow) };
}
