import { execFile } from 'node:child_process';
import { appendFile, chmod, cp, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { devNull } from 'node:os';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { breakings } from './breaking';
import type { CodeLineName } from '../../workflows/runbook/pre-deployment/ids';

const execute = promisify(execFile);

export interface GitRemote {
  /** `file://` URL of the bare repository. */
  readonly url: string;
  readonly path: string;
  /** The commit at the tip of `main` where nobody has broken it; the same on every machine for the same project. */
  readonly commit: string;
  /** The object of every tag, by the tag's name. */
  tags(): Promise<Readonly<Record<string, string>>>;
  /** Puts a commit on top of `main` in which that line of the code's quality fails. */
  break(line: CodeLineName): Promise<void>;
  /** Puts `main` back to where nobody has broken it. */
  mend(): Promise<void>;
}

/** Author and time of the one commit are fixed, so that its id depends on the files alone. */
const who = { name: 'Analytics Team', email: 'analytics@example.com', date: '2026-11-01T00:00:00Z' } as const;
const environment = {
  PATH: process.env.PATH ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: devNull,
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: who.name,
  GIT_AUTHOR_EMAIL: who.email,
  GIT_AUTHOR_DATE: who.date,
  GIT_COMMITTER_NAME: who.name,
  GIT_COMMITTER_EMAIL: who.email,
  GIT_COMMITTER_DATE: who.date,
};

/** A remote that keeps its tags: git itself lets a forced push replace them, so that it takes a hook. */
const updateHook = `#!/bin/sh
# $1 ref, $2 object before, $3 object after
case "$1" in
  refs/tags/*)
    case "$2" in
      *[!0]*) echo "tag $1 exists: tags are never moved or deleted" >&2; exit 1 ;;
    esac ;;
esac
exit 0
`;

/** Makes a bare remote below a directory, with the files of a project as the one commit of its branch `main`. */
export async function makeRemote(project: string, directory: string): Promise<GitRemote> {
  const path = join(directory, 'remote.git');
  const checkout = join(directory, 'checkout');
  await rm(path, { recursive: true, force: true });
  await rm(checkout, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  // The files themselves, also where the project is reached by a link: git must never work in the original.
  await cp(await realpath(project), checkout, { recursive: true, dereference: true });
  await run(directory, 'init', '--quiet', '--bare', '--initial-branch=main', path);
  await run(checkout, 'init', '--quiet', '--initial-branch=main');
  await run(checkout, '-c', 'core.autocrlf=false', '-c', 'core.fileMode=false', 'add', '--all');
  await run(checkout, '-c', 'commit.gpgSign=false', 'commit', '--quiet', '--no-verify', '--message', 'Engagement analytics');
  await run(checkout, 'push', '--quiet', path, 'main');
  const commit = (await run(path, 'rev-parse', 'main')).trim();
  await rm(checkout, { recursive: true, force: true });
  await installHook(path);
  return {
    ...{ url: pathToFileURL(path).href, path, commit, tags: () => readTags(path) },
    break: (line) => breakMain(path, checkout, line),
    mend: async () => void (await run(path, 'update-ref', 'refs/heads/main', commit)),
  };
}

async function breakMain(path: string, checkout: string, line: CodeLineName): Promise<void> {
  const { file, adds, message } = breakings[line];
  await rm(checkout, { recursive: true, force: true });
  await run(path, 'clone', '--quiet', path, checkout);
  await appendFile(join(checkout, file), `\n${adds}`);
  await run(checkout, '-c', 'commit.gpgSign=false', 'commit', '--quiet', '--no-verify', '--all', '--message', message);
  await run(checkout, 'push', '--quiet', path, 'main');
  await rm(checkout, { recursive: true, force: true });
}

async function installHook(path: string): Promise<void> {
  const hook = join(path, 'hooks', 'update');
  await mkdir(join(path, 'hooks'), { recursive: true });
  await writeFile(hook, updateHook);
  await chmod(hook, 0o755);
}

async function readTags(path: string): Promise<Readonly<Record<string, string>>> {
  const lines = (await run(path, 'for-each-ref', '--format=%(refname:strip=2) %(objectname)', 'refs/tags')).split('\n');
  return Object.fromEntries(lines.filter((line) => line !== '').map((line) => line.split(' ') as [string, string]));
}

async function run(directory: string, ...parameters: readonly string[]): Promise<string> {
  const { stdout } = await execute('git', parameters, { cwd: directory, env: environment });
  return stdout;
}
