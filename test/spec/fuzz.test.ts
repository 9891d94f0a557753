import fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { type LoadResult, loadSpec, readSpec, starterSpec } from '../../spec';
import { limits } from '../../spec/yaml';
import { specFolder } from './written';

const write = specFolder();
const starter = starterSpec();
const lines = starter.split('\n');

/** Reads it, and looks at what every caller relies on: an answer in time, and a place for every problem. */
function answers(read: () => LoadResult): boolean {
  const started = performance.now();
  const result = read();
  expect(performance.now() - started).toBeLessThan(5_000);
  if (!result.ok) {
    expect(result.problems.length).toBeGreaterThan(0);
    for (const { file, line, column, problem } of result.problems) {
      expect(file).not.toBe('');
      expect(problem).not.toBe('');
      expect(line > 0 ? column : line).toBeGreaterThanOrEqual(0);
    }
  }
  return true;
}

test('any text is answered, never thrown at', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => answers(() => readSpec(text, 'f.yaml'))),
    { numRuns: 80 },
  );
});

test('any text of YAML marks is answered', () => {
  const marks = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '  ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '|',
    '>',
    '&a',
    '*a',
    '!',
    '#',
    '%',
    '---\n',
    '\t',
    '<<',
    '1.10',
    '~',
  );
  fc.assert(
    fc.property(fc.array(marks, { maxLength: 400 }), (parts) => answers(() => readSpec(parts.join(''), 'f.yaml'))),
    { numRuns: 80 },
  );
});

test('any bytes in a file are answered', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3_000 }), (bytes) => answers(() => loadSpec(write('bytes.yaml', bytes)))),
    { numRuns: 30 },
  );
});

test('a spec with any value in any place is answered', () => {
  const places = lines.flatMap((line, index) => (/^\s*[\w-]+: \S/.test(line) ? [index] : []));
  const place = fc.constantFrom(...places);
  fc.assert(
    fc.property(place, fc.json({ maxDepth: 3 }), (index, value) => {
      const spoiled = lines.with(
        index,
        (lines[index] ?? '').replace(/: .*/, () => `: ${value}`),
      );
      return answers(() => readSpec(spoiled.join('\n'), 'f.yaml'));
    }),
    { numRuns: 40 },
  );
});

test('a spec with lines lost, doubled or moved is answered', () => {
  const index = fc.nat({ max: lines.length - 1 });
  fc.assert(
    fc.property(index, index, index, (lost, doubled, moved) => {
      const spoiled = [...lines.toSpliced(lost, 1).slice(0, doubled), lines[moved] ?? '', ...lines.slice(doubled)];
      return answers(() => readSpec(spoiled.join('\n'), 'f.yaml'));
    }),
    { numRuns: 25 },
  );
});

test('texts just below the limit are answered in time, however they are built', () => {
  const parts = [
    '- ',
    '? ',
    'a: ',
    '"',
    '{a: [',
    'a,',
    '- 1\n',
    '#\n',
    '%A\n',
    '---\n',
    '\n',
    '&a ',
    '! ',
    '|\n',
    '\\\n ',
    '-\n',
    "'",
    ': ',
    '\t',
    'a: b\n  ',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 3 }), (unit) => {
      const text = unit
        .join('')
        .repeat(Math.ceil(limits.bytes / unit.join('').length))
        .slice(0, limits.bytes);
      return answers(() => readSpec(text, 'f.yaml'));
    }),
    { numRuns: 10 },
  );
});
