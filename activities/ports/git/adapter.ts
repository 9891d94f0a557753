import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure, quote } from '../../failures';
import { runProcess } from '../commands/process';
import type { Git, RemoteRef, TagToPush } from '../git';

/** Whole branches may come from far away; the activity's own limits are wider. */
const timeout = 150_000;
/** No hooks, no signing, no helpers of other protocols, whatever the machine's configuration says. */
const settings = ['core.hooksPath=/dev/null', 'tag.gpgSign=false', 'commit.gpgSign=false', 'advice.detachedHead=false', 'gc.auto=0'];
const commitGrammar = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

type Environment = Readonly<Record<string, string | undefined>>;

/** Git by the program of that name. Bare clones are kept below `cache`, one for each remote; by default in a folder that goes with the process. */
export function createGit(environment: Environment, cache?: string): Git {
  const git = createRunner(environment);
  let folder: Promise<string> | undefined;
  const cacheFolder = () => (folder ??= cache === undefined ? ownFolder() : Promise.resolve(cache));

  /** A bare clone that holds the commit. */
  async function cloneWith(remote: string, commit: string, signal: AbortSignal): Promise<string> {
    const directory = join(await cacheFolder(), createHash('sha256').update(remote).digest('hex').slice(0, 16));
    await mkdir(directory, { recursive: true });
    await git(['init', '--quiet', '--bare', directory], { signal });
    const has = () => git(['cat-file', '-e', `${commit}^{commit}`], { directory, signal, may: 'fail' });
    if ((await has()).code === 0) return directory;
    // A single commit is quick; a server that refuses it gives its branches and tags.
    await git(['fetch', '--quiet', '--no-tags', '--depth=1', '--', remote, commit], { directory, signal, may: 'fail' });
    if ((await has()).code !== 0)
      await git(['fetch', '--quiet', '--no-tags', '--', remote, '+refs/heads/*:refs/fetched/*'], { directory, signal });
    if ((await has()).code === 0) return directory;
    throw failure('NotFound', `${shown(remote)} has no commit ${commit.slice(0, 12)} on a branch`, {
      remedy: 'Push the commit, or name another one.',
    });
  }

  return {
    async remoteRefs(remote, name, signal) {
      const { tail } = await git(['ls-remote', '--quiet', '--', remote, name, `${name}^{}`], { signal });
      return readRefs(tail);
    },

    async pushTag(tag, signal) {
      mustBeCommit(tag.commit);
      const directory = await cloneWith(tag.remote, tag.commit, signal);
      const object = await makeTagObject(git, directory, tag, signal);
      const ref = `refs/tags/${tag.name}`;
      const push = ['push', '--quiet', '--porcelain', `--force-with-lease=${ref}:`, '--', tag.remote, `${object}:${ref}`];
      const { code, tail } = await git(push, { directory, signal, may: 'fail' });
      if (code === 0) return { object, result: 'pushed' };
      if (/\[(?:remote )?rejected\]/.test(tail)) return { object, result: 'rejected' };
      throw unreachable('push', tag.remote, tail);
    },

    async checkout(remote, commit, signal) {
      mustBeCommit(commit);
      const clone = await cloneWith(remote, commit, signal);
      const directory = await mkdtemp(join(tmpdir(), 'analytics-deploy-workspace-'));
      const remove = () => rm(directory, { recursive: true, force: true });
      try {
        // A clone of its own, not a worktree: what the command does to it stays in it.
        await git(['init', '--quiet', directory], { signal });
        await git(['fetch', '--quiet', '--no-tags', '--depth=1', '--', clone, commit], { directory, signal });
        await git(['checkout', '--quiet', '--detach', commit], { directory, signal });
        return { directory, remove };
      } catch (error) {
        await remove();
        throw error;
      }
    },
  };
}

/** A folder that nobody else can have made, gone with the process. */
async function ownFolder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'analytics-deploy-git-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}

type Run = (
  words: readonly string[],
  how: {
    readonly signal: AbortSignal;
    readonly directory?: string;
    readonly input?: string;
    readonly may?: 'fail';
    readonly as?: Readonly<Record<string, string>>;
  },
) => Promise<{ readonly code: number | null; readonly tail: string }>;

function createRunner(environment: Environment): Run {
  const kept = ['PATH', 'HOME', 'SSH_AUTH_SOCK', 'XDG_CONFIG_HOME'].flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const fixed = {
    ...Object.fromEntries(kept),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    GIT_ALLOW_PROTOCOL: 'https:ssh:file',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TEMPLATE_DIR: '',
    LC_ALL: 'C',
    TZ: 'UTC',
  };
  return async (words, { signal, directory = tmpdir(), input, may, as }) => {
    const end = await runProcess({
      program: 'git',
      arguments: [...settings.flatMap((setting) => ['-c', setting]), ...words],
      directory,
      environment: { ...fixed, ...as },
      timeout,
      signal,
      ...(input === undefined ? {} : { input }),
    });
    const verb = words[0] ?? '';
    if (end.timedOut)
      throw failure('Unavailable', `git ${verb} took longer than ${timeout / 1_000} s`, { remedy: 'Check that the remote answers.' });
    if (end.code !== 0 && may !== 'fail') throw unreachable(verb, words.find((word) => word.includes(':')) ?? directory, end.tail);
    return end;
  };
}

/** The annotated tag as an object: fixed tagger, date and message, so that every attempt and machine makes the same one. */
async function makeTagObject(git: Run, directory: string, tag: TagToPush, signal: AbortSignal): Promise<string> {
  const { name, message, commit, tagger, at } = tag;
  const seconds = Math.floor(Date.parse(at) / 1_000);
  if (Number.isNaN(seconds))
    throw failure('Misconfigured', `${quote(at, 40)} is no time with zone`, { remedy: 'Give the tag an ISO time.' });
  const person = `${oneLine(tagger.name)} <${oneLine(tagger.email)}>`;
  const input = `object ${commit}\ntype commit\ntag ${oneLine(name)}\ntagger ${person} ${seconds} +0000\n\n${message.trimEnd()}\n`;
  const { tail } = await git(['mktag', '--strict'], { directory, input, signal });
  return tail.trim().split('\n').pop() ?? '';
}

/** Answer of ls-remote, peeled lines joined with their tags. */
function readRefs(text: string): ReadonlyMap<string, RemoteRef> {
  const refs = new Map<string, RemoteRef>();
  for (const line of text.split('\n')) {
    const [object, name] = line.split('\t');
    if (object === undefined || name === undefined || !commitGrammar.test(object)) continue;
    const tag = name.replace(/\^\{\}$/, '');
    if (tag === name) refs.set(name, { object, peeled: refs.get(name)?.peeled ?? null });
    else refs.set(tag, { object: refs.get(tag)?.object ?? object, peeled: object });
  }
  return refs;
}

function mustBeCommit(commit: string): void {
  if (commitGrammar.test(commit)) return;
  throw failure('Misconfigured', `${quote(commit, 50)} is no full commit id`, { remedy: 'Give all 40 characters.' });
}

function unreachable(verb: string, remote: string, output: string): Error {
  const denied = /authentication|permission denied|could not read username|403|not allowed/i.test(output);
  const missing = /not found|does not exist|not appear to be a git repository/i.test(output);
  const why = quote(withoutCredentials(output), 160);
  const remedy = 'Check the remote and the credentials of the worker.';
  return failure(denied ? 'Forbidden' : missing ? 'NotFound' : 'Unavailable', `git ${verb} ${shown(remote)}: ${why}`, { remedy });
}

/** A remote without user and password. */
function shown(remote: string): string {
  return quote(withoutCredentials(remote), 100);
}
function withoutCredentials(text: string): string {
  return text.replace(/(\w+:\/\/)[^/@\s]*@/g, '$1');
}
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}<>]+/gu, ' ').trim();
}
