/** The sum of all series of one metric whose labels match; `{colour}` is replaced. A value in slashes is an anchored regular expression. */
export interface CounterSelector {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
}
