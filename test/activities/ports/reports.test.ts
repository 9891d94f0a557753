import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReports } from '../../../activities/ports/reports/adapter';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'reports-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));
const inFolder = (folder: string) => createReports({ ANALYTICS_DEPLOY_REPORTS: folder });

describe('the folder of the reports', () => {
  test('is made for its owner alone, and a report replaces the one of the same name as a whole', async () => {
    const folder = join(root, 'a', 'b');
    const reports = inFolder(folder);
    expect(await reports.keep('x.json', 'old and long')).toBe(join(folder, 'x.json'));
    await reports.keep('x.json', 'new');
    expect(await readFile(join(folder, 'x.json'), 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['x.json']);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, 'x.json'))).mode & 0o777).toBe(0o600);
  });

  test('a link in the place of the file is replaced, not followed', async () => {
    await writeFile(join(root, 'elsewhere'), 'untouched');
    await symlink(join(root, 'elsewhere'), join(root, 'x.json'));
    await inFolder(root).keep('x.json', 'report');
    expect(await readFile(join(root, 'elsewhere'), 'utf8')).toBe('untouched');
    expect(await readFile(join(root, 'x.json'), 'utf8')).toBe('report');
  });

  test('that cannot be one is said with the remedy, and leaves nothing', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(inFolder(join(root, 'file', 'reports')).keep('x.json', 'report')).rejects.toMatchObject({
      type: 'Misconfigured',
      nonRetryable: true,
      message: expect.stringMatching(/could not be written to .* \(ENOTDIR\)\..*ANALYTICS_DEPLOY_REPORTS/),
    });
    expect(await readdir(root)).toEqual(['file']);
  });
});
