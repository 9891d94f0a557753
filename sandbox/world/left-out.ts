/** Sections that a short run in the sandbox leaves out, each with the reason that its plan shows; `demo --full` runs them. */
export const leftOut: Readonly<Record<string, string>> = {
  checklist: 'a short run begins with staging',
  team: 'a short run asks nobody before the gate',
  window: 'this run waits for no window',
  '2.0m': 'the short run has no database',
  monitoring: 'a short run looks at its watches alone',
  success: 'a short run is judged by its watches alone',
  'follow-up': 'a short run is not looked after for a month',
};
