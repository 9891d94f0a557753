import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../../activities';
import { createCommands } from '../../../activities/ports/commands/adapter';
import type { Git } from '../../../activities/ports/git';
import { createGit } from '../../../activities/ports/git/adapter';
import type { CommandRequest, TagRequest } from '../../../workflows/runbook/contract';
import { fakePorts } from '../../fakes/ports';
import { failing, run } from '../run';

const { signal } = new AbortController();
let root: string;
let remote: string;
let git: Git;
let commits: { first: string; second: string };

function plain(directory: string, ...words: string[]): string {
  const identity = ['-c', 'user.name=Someone', '-c', 'user.email=someone@example.com', '-c', 'commit.gpgSign=false'];
  return execFileSync('git', [...identity, ...words], { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'git-test-'));
  remote = `file://${root}/remote.git`;
  plain(root, 'init', '--quiet', '--bare', 'remote.git');
  plain(root, 'init', '--quiet', '--initial-branch=main', 'work');
  const work = join(root, 'work');
  const commit = (text: string) => {
    writeFileSync(join(work, 'file.txt'), text);
    plain(work, 'add', '.');
    plain(work, 'commit', '--quiet', '-m', text);
    return plain(work, 'rev-parse', 'HEAD');
  };
  commits = { first: commit('first'), second: commit('second') };
  plain(work, 'push', '--quiet', remote, 'main');
  git = createGit({ PATH: process.env.PATH, HOME: root });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const request = (name: string, commit: string): TagRequest => ({
  tag: {
    name: '{version}',
    message: 'Release',
    remote,
    ref: 'main',
    tagger: { name: 'Release Bot', email: 'bot@example.com' },
    push: true,
  },
  name,
  message: 'Release 1',
  commit,
  taggedAt: '2026-11-24T02:00:00Z',
});
const activities = (port = git) => createActivities(fakePorts({ git: port, commands: createCommands({ PATH: process.env.PATH }) }));

describe('the release tag', () => {
  test('is an annotated tag with the fixed tagger, and the same object from every machine', async () => {
    const made = await run(activities().pushTag, request('v1.0.0', commits.first));
    expect(made.result).toBe('created');
    const shown = plain(join(root, 'remote.git'), 'cat-file', '-p', 'v1.0.0');
    expect(shown).toBe(
      `object ${commits.first}\ntype commit\ntag v1.0.0\ntagger Release Bot <bot@example.com> 1795485600 +0000\n\nRelease 1`,
    );
    const other = createGit({ PATH: process.env.PATH, HOME: root });
    const again = await other.pushTag(
      { ...request('v1.0.0', commits.first), tagger: request('', '').tag.tagger, remote, at: '2026-11-24T02:00:00Z' },
      signal,
    );
    expect(again).toEqual({ object: made.object, result: 'pushed' });
    expect(await run(activities().pushTag, request('v1.0.0', commits.first))).toEqual({ result: 'already-there', object: made.object });
  });

  test("that somebody else made on the release's commit is accepted as it is", async () => {
    plain(join(root, 'work'), 'tag', '-a', '-m', 'by hand', 'v1.1.0', commits.first);
    plain(join(root, 'work'), 'push', '--quiet', remote, 'v1.1.0');
    expect((await run(activities().pushTag, request('v1.1.0', commits.first))).result).toBe('already-there');
  });

  test('on another commit is refused, also where it appears between look and push', async () => {
    plain(join(root, 'work'), 'tag', '-a', '-m', 'by hand', 'v1.2.0', commits.second);
    plain(join(root, 'work'), 'push', '--quiet', remote, 'v1.2.0');
    expect(await failing(run(activities().pushTag, request('v1.2.0', commits.first)))).toMatchObject({
      type: 'TagConflict',
      final: true,
      wrote: false,
    });
    let looks = 0;
    const blind: Git = { ...git, remoteRefs: (...words) => (looks++ === 0 ? Promise.resolve(new Map()) : git.remoteRefs(...words)) };
    expect(await failing(run(activities(blind).pushTag, request('v1.2.0', commits.first)))).toMatchObject({ type: 'TagConflict' });
    expect(plain(join(root, 'remote.git'), 'rev-parse', 'v1.2.0^{commit}')).toBe(commits.second);
  });

  test('needs a commit that is on the remote, by its full name', async () => {
    expect(await failing(run(activities().pushTag, request('v1.4.0', 'f'.repeat(40))))).toMatchObject({ type: 'NotFound' });
    expect(await failing(run(activities().pushTag, request('v1.4.0', 'HEAD')))).toMatchObject({ type: 'Misconfigured' });
  });
});

describe('a remote', () => {
  test('names the commits of its refs', async () => {
    const refs = await git.remoteRefs(remote, 'main', signal);
    expect(refs.get('refs/heads/main')).toEqual({ object: commits.second, peeled: null });
  });

  test.each(['ext::sh -c touch% pwned', '--upload-pack=touch pwned', 'http://127.0.0.1:1/x.git', 'git://127.0.0.1/x'])(
    'of another protocol (%s) is not used',
    async (evil) => {
      await expect(git.remoteRefs(evil, 'main', signal)).rejects.toMatchObject({ name: 'ApplicationFailure' });
      expect(existsSync(join(tmpdir(), 'pwned'))).toBe(false);
    },
  );

  test('with a password is told without it', async () => {
    const told = await failing(git.remoteRefs('https://user:hunter2@127.0.0.1:1/x.git', 'main', signal));
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });
});

describe("a command on the release's files", () => {
  const command = (script: string, directory = '.'): CommandRequest => ({
    command: { command: [process.execPath, '-e', script, '{version}'], directory, environment: { URL: '{stagingUrl}' }, timeout: 10_000 },
    version: 'v1.0.0',
    stagingUrl: 'http://staging',
    commit: commits.first,
    remote,
  });

  test('sees the files of its commit, the version and the address of staging', async () => {
    const told = join(mkdtempSync(join(tmpdir(), 'told-')), 'told.txt');
    const script = `const fs = require('fs'); fs.writeFileSync(${JSON.stringify(told)}, [fs.readFileSync('file.txt', 'utf8').trim(), process.argv[1], process.env.URL, process.cwd()].join(' '))`;
    expect(await run(activities().runCommand, command(script))).toEqual({
      took: expect.any(Number),
      output: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const said = readFileSync(told, 'utf8');
    expect(said).toMatch(/^first v1.0.0 http:\/\/staging /);
    expect(existsSync(said.split(' ').at(-1) ?? '')).toBe(false);
    rmSync(dirname(told), { recursive: true });
  });

  test('that fails is told with its code and last lines', async () => {
    const told = await failing(
      run(activities().runCommand, command(`console.log('\\u001b[31m2 tests failed\\u001b[0m'); process.exit(1)`)),
    );
    expect(told).toMatchObject({ type: 'CommandFailed', final: true });
    expect(told.message).toContain('code 1: 2 tests failed');
  });

  test.each(['..', '/etc', 'nowhere'])('does not run in %s', async (directory) => {
    expect(await failing(run(activities().runCommand, command('', directory)))).toMatchObject({ type: 'Misconfigured' });
  });

  test('cannot change what the next one sees', async () => {
    await run(activities().runCommand, command(`require('fs').writeFileSync('file.txt', 'spoilt')`));
    const { directory, remove } = await git.checkout(remote, commits.first, signal);
    expect(readFileSync(join(directory, 'file.txt'), 'utf8')).toBe('first');
    await remove();
  });
});
