import assert from 'node:assert/strict';
import { test } from 'node:test';

const url = process.env.STAGING_URL;
const expected = process.env.RELEASE;

void test('staging is healthy', { skip: !url }, async () => {
  const response = await fetch(new URL('/health', url));
  assert.equal(response.status, 200);
  assert.equal(((await response.json()) as { status: string }).status, 'ok');
});

void test('staging runs the released version', { skip: !url }, async () => {
  const response = await fetch(new URL('/version', url));
  assert.equal(response.status, 200);
  const { version } = (await response.json()) as { version: string };
  assert.match(version, /^v?\d+\.\d+\.\d+/);
  if (expected) assert.equal(version, expected);
});

void test('staging serves its statistics', { skip: !url }, async () => {
  const response = await fetch(new URL('/api/analytics/stats', url));
  assert.equal(response.status, 200);
  assert.equal(typeof (await response.json()), 'object');
});

void test('staging keeps the exports closed to strangers', { skip: !url }, async () => {
  const response = await fetch(new URL('/api/analytics/engagement/export?format=json', url));
  await response.body?.cancel();
  assert.ok([401, 403].includes(response.status), `an export without a token was answered ${response.status}`);
});

void test('staging counts its requests', { skip: !url }, async () => {
  const read = async (): Promise<string> => (await fetch(new URL('/metrics', url))).text();
  const before = await read();
  await (await fetch(new URL('/api/analytics/stats', url))).body?.cancel();
  assert.notEqual(await read(), before);
});

void test('the address of staging is given', () => {
  assert.ok(url, 'Set STAGING_URL to the address of staging.');
});
