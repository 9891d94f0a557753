import { describe, expect, test } from '@jest/globals';
import { allReadable, readable } from '../../../../workflows/runbook/report/text';

describe('a text of a report', () => {
  test('steers no terminal and hides nothing by turning the direction of reading round', () => {
    expect(readable('red \u001b[31malert\u0007\r\nnext\u202Egpj.exe\u200B end\uD800')).toBe('red  [31malert next gpj.exe  end');
  });

  test('is cut where it is very long, and says by how much', () => {
    expect(readable('x'.repeat(5_000))).toBe(`${'x'.repeat(4_000)} … (1000 more characters)`);
    expect(readable('é😀'.repeat(3), 4)).toBe('é😀é😀 … (2 more characters)');
  });

  test.each([
    ['https://bot:hunter2@git.example.com/a.git', 'https://[REDACTED]@git.example.com/a.git'],
    ['https://ghs_1234567890abcdef@git.example.com', 'https://[REDACTED]@git.example.com'],
    ['postgres://app:hunter2@db:5432/shop', 'postgres://app:[REDACTED]@db:5432/shop'],
    ['Authorization: Bearer abcdef1234567890abcdef', 'Authorization: Bearer [REDACTED]'],
    ['sent Bearer abcdef1234567890abcdef', 'sent Bearer [REDACTED]'],
    ['PGPASSWORD=hunter2 psql', 'PGPASSWORD=[REDACTED] psql'],
    ['https://hooks.slack.com/services/T0/B0/xyz', 'https://hooks.slack.com/services/[REDACTED]'],
    ['xoxb-123456789012-abc', 'xoxb-[REDACTED]'],
  ])('does not tell the credential in %s', (text, told) => {
    expect(readable(text)).toBe(told);
  });

  test.each([
    'basic functionality: GET /api/analytics/stats',
    'git tag v1.0.0-analytics on https://git.example.com/project/analytics.git: a tag moves nothing and may stay',
    'ssh://git@git.example.com/analytics.git',
    "kubectl -n shop patch httproute analytics --type=json -p '[{}]'",
    'eva (lead), bo (ops): "bearer of bad news"',
    'errors 0.4 % of 12041, must stay below 5.0 %',
  ])('stays as it is where there is none: %s', (text) => {
    expect(readable(text)).toBe(text);
  });

  test('is readable wherever it stands; a command is not cut where a sentence would be', () => {
    const long = `kubectl ${'x'.repeat(10_000)}`;
    expect(allReadable({ a: ['b\u0000c', { byHand: long }], n: 1, none: null })).toEqual({
      a: ['b c', { byHand: long }],
      n: 1,
      none: null,
    });
  });
});
