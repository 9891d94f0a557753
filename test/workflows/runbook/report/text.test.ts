import { describe, expect, test } from '@jest/globals';
import { allReadable, readable } from '../../../../workflows/runbook/report/text';

describe('a text of a report', () => {
  test('steers no terminal and hides nothing by turning the direction of reading round', () => {
    expect(readable('red \u001b[31malert\u0007\r\nnext\u202Egpj.exe\u200B end\uD800')).toBe('red  [31malert next gpj.exe  end');
  });

  test.each(['\u061C', '\u00AD', '\u180E', '\u{E0041}', '\u2066', '\u3164'])('shows no sign that nobody sees: %j', (sign) => {
    expect(readable(`a${sign}b`)).toBe('a b');
  });

  test('takes no longer to read where somebody made it to', () => {
    const began = performance.now();
    for (const part of ['a', 'pass', 'token:', 'https://', 'a:', '-----BEGIN PRIVATE KEY-----', 'cookie: a=b;', '\\"'])
      readable(part.repeat(Math.ceil(20_000 / part.length)));
    expect(performance.now() - began).toBeLessThan(5_000);
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
    ['psql --password hunter2secret -h db', 'psql --password [REDACTED] -h db'],
    ['login --registry-token=abc', 'login --registry-token=[REDACTED]'],
    ['curl -u admin:hunter2secret https://a.example.com', 'curl -u admin:[REDACTED] https://a.example.com'],
    ['password=ab,cdefghij next', 'password=[REDACTED] next'],
    ['client_secret: abc;def', 'client_secret: [REDACTED]'],
    ['PGPASSWORD=abc', 'PGPASSWORD=[REDACTED]'],
    ['password="a b c d" x', 'password="[REDACTED]" x'],
    [String.raw`{"password":"a\"bcdef","n":1}`, '{"password":"[REDACTED]","n":1}'],
    [String.raw`said {\"token\":\"abc\"}`, String.raw`said {\"token\":\"[REDACTED]`],
    ['Cookie: session=abcdef; theme=dark', 'Cookie: [REDACTED]'],
    ['-----BEGIN RSA PRIVATE KEY----- MIIEabc -----END RSA PRIVATE KEY----- next', '-----BEGIN RSA PRIVATE KEY-----[REDACTED] next'],
    ['passphrase=x', 'passphrase=[REDACTED]'],
    ['user=a&pass=b', 'user=a&pass=[REDACTED]'],
    ['https://a.example.com/x?sv=1&sig=abc%3D', 'https://a.example.com/x?sv=1&sig=[REDACTED]'],
    ['postgres://u:p/w@h/db', 'postgres://u:[REDACTED]@h/db'],
    ['postgres://u:p@ss@h', 'postgres://u:[REDACTED]@h'],
    ['https://u:p@ss@h/x', 'https://[REDACTED]@h/x'],
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
    'the token: rotated, see wiki',
    'http://localhost:4873/@analytics/core',
    'tests pass: 12 passed',
    'docker run -u 1000:1000 analytics',
    'npm run release --token-file /run/token',
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
