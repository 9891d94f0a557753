import type { CodeLineName } from '../../workflows/runbook/pre-deployment/ids';

/** What a commit adds to a file of the project, so that one line of the code's quality fails and, where it can be, no other. */
export interface Breaking {
  readonly file: string;
  readonly adds: string;
  readonly message: string;
}

const untested = Array.from(
  { length: 12 },
  (_, place) => `  if (width < ${place}) {\n    lines.push('${'-'.repeat(place + 1)}');\n  }`,
).join('\n');

export const breakings: Readonly<Record<CodeLineName, Breaking>> = {
  types: {
    file: 'src/trends.ts',
    adds: `import { type Session } from '#events';\n\nexport type Sessions = readonly Session[];\n`,
    message: 'Trends know sessions',
  },
  // Where a test fails, the run that measures coverage fails with it.
  tests: {
    file: 'test/unit.test.ts',
    adds: `void test('likes are never more than views', () => {\n  assert.equal(measureEngagement([...events, ...events.slice(2)]).rate, 0.5);\n});\n`,
    message: 'Likes are counted once',
  },
  coverage: {
    file: 'src/export.ts',
    adds: `/** A table as wide as the terminal. */\nexport function exportTable(width: number): readonly string[] {\n  const lines: string[] = [];\n${untested}\n  return lines;\n}\n`,
    message: 'Events as a table',
  },
  boundaries: {
    file: 'src/events.ts',
    adds: `import { type TrendPoint } from '#trends';\n\nexport type Points = readonly TrendPoint[];\n`,
    message: 'Events know their trends',
  },
  lint: { file: 'src/cache.ts', adds: 'export var lifetime = 60_000;\n', message: 'A lifetime for everybody' },
  hooks: { file: 'README.md', adds: '<<<<<<< HEAD\n', message: 'Merge what was written' },
};
