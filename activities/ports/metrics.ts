/** One sample of one series. */
export interface Series {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** May be NaN or infinite, as the format allows: whoever judges must look. */
  readonly value: number;
  /** Epoch milliseconds, null where the source states none. */
  readonly at: number | null;
}

/** What a scrape gave. An outage, or a text that is not the format, is a value: it makes a watch inconclusive, it does not fail it. */
export type Scrape =
  | { readonly kind: 'series'; readonly series: readonly Series[] }
  | { readonly kind: 'malformed'; readonly line: number; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface Metrics {
  /** Rejects only with the signal's reason, or with `Misconfigured`. */
  scrape(url: string, deadline: number, signal: AbortSignal): Promise<Scrape>;
}
