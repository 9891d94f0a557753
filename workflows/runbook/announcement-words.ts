/** Shares and lists as messages show them. Plain text: every sink can show it. */

/** A fraction of one as percent: `0.1 %`, `5 %`. */
export function percent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(1))} %`;
}

export function bullets(lines: readonly string[]): string {
  return (lines.length > 0 ? lines : ['nothing']).map((line) => `- ${line}`).join('\n');
}

export function fields(named: readonly (readonly [name: string, value: string])[]): string {
  return named.map(([name, value]) => `${name}: ${value}`).join('\n');
}
