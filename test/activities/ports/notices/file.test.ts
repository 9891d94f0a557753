import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { axiosHttp } from '../../../../activities/ports/http/adapter';
import type { Notice } from '../../../../activities/ports/notices';
import { createNotices } from '../../../../activities/ports/notices/adapter';
import { failing } from '../../run';

const folder = mkdtempSync(join(tmpdir(), 'analytics-deploy-notices-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const send = (key: string, path = 'log/deployments.jsonl', change: Partial<Notice> = {}) =>
  createNotices(axiosHttp, folder).send(
    { kind: 'file', name: 'log', path },
    { key, kind: 'status', subject: 's', text: 'one\ntwo', thread: undefined, mayRepeat: false, ...change },
    {},
    new AbortController().signal,
  );
const lines = (path = 'log/deployments.jsonl') =>
  readFileSync(join(folder, path), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

describe('a file', () => {
  test('gets a line for each notice, readable for its owner alone', async () => {
    await send('shop-1/announcement');
    await send('shop-1/status-1');
    expect(lines().map(({ key, kind, text }) => [key, kind, text])).toEqual([
      ['shop-1/announcement', 'status', 'one\ntwo'],
      ['shop-1/status-1', 'status', 'one\ntwo'],
    ]);
    expect(statSync(join(folder, 'log/deployments.jsonl')).mode & 0o077).toBe(0);
  });

  test('has a notice once, however often it is sent', async () => {
    expect(await send('shop-2/rollback', 'once.jsonl')).toEqual({ isOnce: true });
    expect(await send('shop-2/rollback', 'once.jsonl', { mayRepeat: true })).toEqual({ isOnce: true });
    expect(lines('once.jsonl')).toHaveLength(1);
  });

  test('that has no line of what was perhaps sent before may not be the one that it was written to', async () => {
    expect(await send('shop-2/success', 'other.jsonl', { mayRepeat: true })).toEqual({});
    expect(lines('other.jsonl')).toHaveLength(1);
  });

  test('with a line that a crash tore is gone on with behind it', async () => {
    writeFileSync(join(folder, 'torn.jsonl'), '{"at":"2026-11-24T02:00:00Z","key":"shop-3/succ');
    await send('shop-3/success', 'torn.jsonl');
    const [, whole] = readFileSync(join(folder, 'torn.jsonl'), 'utf8').split('\n');
    expect(JSON.parse(whole ?? '')).toMatchObject({ key: 'shop-3/success' });
  });

  test('that cannot be written says which, and what to do', async () => {
    writeFileSync(join(folder, 'plain'), '');
    const told = await failing(send('k', 'plain/x.jsonl'));
    expect(told).toMatchObject({ type: 'Misconfigured', wrote: false });
    expect(told.message).toMatch(
      /plain\/x\.jsonl cannot be written \((ENOTDIR|EEXIST)\)\. Give the worker the right to it, or correct path of the sink log\./,
    );
  });
});
