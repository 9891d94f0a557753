import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseExposition } from '../../../activities/ports/metrics/exposition';

describe('the exposition format', () => {
  test('is read with labels, escapes, timestamps, comments and line ends of all kinds', () => {
    const text = [
      '# HELP http_requests_total The total number.',
      '# TYPE http_requests_total counter',
      'http_requests_total{method="post",code="200"} 1027 1395066363000\r',
      '',
      'escaped{path="C:\\\\dir\\n\\"x\\"",} 1.5e3',
      'bare 0',
      '  spaced  {  a = "1" , b = "2" }  +Inf  ',
      'exemplar_total{a="b"} 1 # {trace="x"} 0.5',
      'odd{a="}, # {"} NaN',
    ].join('\n');
    expect(parseExposition(text)).toEqual({
      kind: 'series',
      series: [
        { metric: 'http_requests_total', labels: { method: 'post', code: '200' }, value: 1027, at: 1395066363000 },
        { metric: 'escaped', labels: { path: 'C:\\dir\n"x"' }, value: 1500, at: null },
        { metric: 'bare', labels: {}, value: 0, at: null },
        { metric: 'spaced', labels: { a: '1', b: '2' }, value: Infinity, at: null },
        { metric: 'exemplar_total', labels: { a: 'b' }, value: 1, at: null },
        { metric: 'odd', labels: { a: '}, # {' }, value: NaN, at: null },
      ],
    });
  });

  test.each([
    ['<html><body>503</body></html>', 'no metric name'],
    ['metric', 'no value'],
    ['metric{a="b"}', 'not a number'],
    ['metric 0x10', 'not a number'],
    ['metric 1_000', 'not a number'],
    ['metric 1 2 3', 'after the timestamp'],
    ['metric 1 soon', 'timestamp is not a number'],
    ['metric{a="b} 1', 'not closed'],
    ['metric{a=b} 1', 'without quotes'],
    ['metric{a="\\x"} 1', 'unknown escape'],
    ['metric{a="1",a="2"} 1', 'comes twice'],
    ['metric{a="1" b="2"} 1', 'not closed'],
    ['metric{"a"="1"} 1', 'no label name'],
    ['good 2\nmetric{b="2",a="1"} 1\nmetric{a="1",b="2"} 3', 'comes twice'],
  ])('that is malformed is told with its line: %s', (text, reason) => {
    const parsed = parseExposition(`ok 1\n${text}`);
    expect(parsed).toMatchObject({ kind: 'malformed', line: 1 + text.split('\n').length });
    expect(parsed.kind === 'malformed' && parsed.reason).toContain(reason);
  });

  test('never throws, whatever the text is', () => {
    const pieces = fc.constantFrom(
      'metric',
      '{',
      '}',
      '"',
      '\\',
      '=',
      ',',
      ' ',
      '\n',
      '\r',
      '#',
      'le',
      '1',
      'NaN',
      '+Inf',
      '1e999',
      '-',
      '\u0000',
      '\ud800',
      '__proto__',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 60 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (exposition) => {
        expect(['series', 'malformed']).toContain(parseExposition(exposition).kind);
      }),
      { numRuns: 2_000 },
    );
  });

  test('gives back what was written', () => {
    const name = fc.stringMatching(/^[a-z_:][a-z0-9_:]{0,8}$/);
    const labels = fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_]{0,6}$/), fc.string({ unit: 'grapheme' }), { maxKeys: 4 });
    const escape = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
    fc.assert(
      fc.property(name, labels, fc.double(), (metric, given, value) => {
        const inner = Object.entries(given).map(([label, text]) => `${label}="${escape(text)}"`);
        const number = Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
        const parsed = parseExposition(`${metric}{${inner.join(',')}} ${number}`);
        expect(parsed).toEqual({
          kind: 'series',
          series: [{ metric, labels: { ...given }, value: Number(number.replace('Inf', 'Infinity')), at: null }],
        });
      }),
    );
  });

  test('of 8 MiB, or of one endless line, is read to its end', () => {
    expect(parseExposition('metric{a="1"} 1 '.repeat(500_000)).kind).toBe('malformed');
    expect(parseExposition(`metric{a="${'x'.repeat(8_000_000)}`).kind).toBe('malformed');
    expect(parseExposition('m 1\n'.repeat(2)).kind).toBe('malformed');
  });
});
