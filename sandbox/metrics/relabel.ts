import { labelText } from './meter';

/** One series of a page in the text format, its labels as they are written between the braces. */
export interface Series {
  readonly metric: string;
  readonly labels: string;
  readonly value: string;
}

export function readSeries(page: string): readonly Series[] {
  return page.split('\n').flatMap((line) => {
    const [, metric, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    return metric === undefined || value === undefined ? [] : [{ metric, labels, value }];
  });
}

/** Adds labels, as a scraper does before the pages of many pods become one. A label that a series has already stays as it is. */
export function relabel(series: Series, labels: Readonly<Record<string, string>>): Series {
  const added = Object.entries(labels)
    .filter(([key]) => !new RegExp(`(^|,)${key}="`).test(series.labels))
    .map(([key, value]) => labelText(key, value));
  return { ...series, labels: [...(series.labels === '' ? [] : [series.labels]), ...added].join(',') };
}

/** Writes one page, the series of each family together as the format asks. */
export function renderPage(all: readonly Series[], histograms: readonly string[]): string {
  const familyOf = ({ metric }: Series): string =>
    histograms.find((histogram) => metric.startsWith(`${histogram}_`) && /_(bucket|sum|count)$/.test(metric)) ?? metric;
  const families = new Map<string, readonly Series[]>();
  for (const series of all) families.set(familyOf(series), [...(families.get(familyOf(series)) ?? []), series]);
  return [...families]
    .map(([family, members]) => `# TYPE ${family} ${histograms.includes(family) ? 'histogram' : 'counter'}\n${members.map(line).join('')}`)
    .join('');
}

const line = ({ metric, labels, value }: Series): string => `${metric}${labels === '' ? '' : `{${labels}}`} ${value}\n`;
