import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { runbook } from '../../../client/acts/runbook';
import { contextOf, worldOf } from '../fake-engine';

const folder = mkdtempSync(join(tmpdir(), 'analytics-deploy-runbook-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const said = async (options: object, overrides?: string) => {
  if (overrides !== undefined) writeFileSync(join(folder, 'overrides.yaml'), overrides);
  const given = {
    spec: resolve('spec/analytics.yaml'),
    ...(overrides === undefined ? {} : { overrides: [join(folder, 'overrides.yaml')] }),
  };
  const { context, stdout } = contextOf(worldOf(), { options: { ...given, ...options } });
  return { code: await runbook(context), text: stdout() };
};

describe('runbook', () => {
  test('ends well where something stands for every line of the source', async () => {
    const { code, text } = await said({});
    expect([code, text]).toEqual([0, expect.stringContaining('0 lines that nothing stands for')]);
  });

  test('fails where a line is left without anything, and says which', async () => {
    const { code, text } = await said({}, 'announcements: { sinks: { status: [] } }\n');
    expect(code).toBe(1);
    expect(text).toMatch(/message: status 1: subject: phase X of Y is done: announcement\s+status/);
  });

  test('prints the same document at any time, for whoever asks', async () => {
    const { code, text } = await said({ markdown: true, as: 'somebody' });
    expect([code, text.trim()]).toEqual([0, readFileSync('docs/runbook.md', 'utf8').trim()]);
  });
});
