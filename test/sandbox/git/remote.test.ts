import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findProject } from '../../../sandbox/git/project';
import { type GitRemote, makeRemote } from '../../../sandbox/git/remote';

const execute = promisify(execFile);
let directory: string;
let remote: GitRemote;
const checkout = (): string => join(directory, 'clone');
const git = async (...parameters: readonly string[]): Promise<string> => {
  const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', '-c', 'tag.gpgSign=false'];
  return (await execute('git', [...who, ...parameters], { cwd: checkout() })).stdout.trim();
};
const refusal = (promise: Promise<string>): Promise<string> =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error as { readonly stderr: string }).stderr,
  );

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sandbox-git-'));
  remote = await makeRemote(findProject(), directory);
  await execute('git', ['clone', '--quiet', remote.url, checkout()]);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('the git remote', () => {
  test('has the same commit wherever it is made', async () => {
    const again = await makeRemote(findProject(), join(directory, 'again'));
    expect(again.commit).toBe(remote.commit);
    expect(await git('rev-parse', 'HEAD')).toBe(remote.commit);
  });

  test('takes a new tag, and lets nobody move or delete it', async () => {
    await git('tag', '--annotate', '--message', 'first', 'v1.0.0');
    await git('push', '--quiet', 'origin', 'v1.0.0');
    const before = await remote.tags();
    expect(before['v1.0.0']).toBe(await git('rev-parse', 'v1.0.0'));
    await git('tag', '--force', '--annotate', '--message', 'second', 'v1.0.0');
    expect(await refusal(git('push', '--force', 'origin', 'v1.0.0'))).toContain('hook declined');
    expect(await refusal(git('push', 'origin', ':refs/tags/v1.0.0'))).toContain('hook declined');
    expect(await remote.tags()).toEqual(before);
  });

  test('holds a project whose unit tests pass', async () => {
    const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...environment } = process.env;
    const { stdout } = await execute(process.execPath, ['--test', 'test/unit.test.ts'], { cwd: checkout(), env: environment });
    expect(stdout).toMatch(/pass 5/);
  });
});
