import { mkdtemp, rm } from 'node:fs/promises';
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

/** Git by the program of that name. Each call works in a folder of its own, which only we can read. */
export function createGit(environment: Environment): Git {
  const git = createRunner(environment);

  /** A repository in a new folder that holds the commit. Whoever asked for it removes it. */
  async function repositoryWith(remote: string, commit: string, signal: AbortSignal) {
    mustBeCommit(commit);
    const directory = await mkdtemp(join(tmpdir(), 'analytics-deploy-git-'));
    const remove = () => rm(directory, { recursive: true, force: true });
    const has = async () => (await git(['cat-file', '-e', `${commit}^{commit}`], { directory, signal, may: 'fail' })).code === 0;
    try {
      await git(['init', '--quiet', directory], { signal });
      // A single commit is quick; a server that refuses it gives its branches.
      await git(['fetch', '--quiet', '--no-tags', '--depth=1', '--', remote, commit], { directory, signal, may: 'fail' });
      if (!(await has())) await git(['fetch', '--quiet', '--no-tags', '--', remote, '+refs/heads/*:refs/fetched/*'], { directory, signal });
      if (await has()) return { directory, remove };
      throw failure('NotFound', `${shown(remote)} has no commit ${commit.slice(0, 12)} on a branch`, {
        remedy: 'Push the commit, or name another one.',
      });
    } catch (error) {
      await remove();
      throw error;
    }
  }

  return {
    async remoteRefs(remote, name, signal) {
      const { tail } = await git(['ls-remote', '--quiet', '--', remote, name, `${name}^{}`], { signal });
      return readRefs(tail);
    },

    async pushTag(tag, signal) {
      const { directory, remove } = await repositoryWith(tag.remote, tag.commit, signal);
      try {
        const object = await makeTagObject(git, directory, tag, signal);
        const ref = `refs/tags/${tag.name}`;
        const push = ['push', '--quiet', '--porcelain', `--force-with-lease=${ref}:`, '--', tag.remote, `${object}:${ref}`];
        const { code, tail } = await git(push, { directory, signal, may: 'fail' });
        if (code === 0) return { object, result: 'pushed' };
        if (/\[(?:remote )?rejected\]/.test(tail)) return { object, result: 'rejected' };
        throw unreachable('push', tag.remote, tail);
      } finally {
        await remove();
      }
    },

    async checkout(remote, commit, signal) {
      const { directory, remove } = await repositoryWith(remote, commit, signal);
      try {
        await git(['checkout', '--quiet', '--detach', commit], { directory, signal });
        return { directory, remove };
      } catch (error) {
        await remove();
        throw error;
      }
    },
  };
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
