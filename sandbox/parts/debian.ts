import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Download } from './find';
import { showProgress } from './progress';
import { type CommandResult, runCommand } from './run-command';

/** How long each of the commands may take, in milliseconds. */
const limit = 180_000;

/** What is to be done with a package that believes to be installed. */
interface Relocated {
  /** An absolute path in the executable, below which it looks for files of its own package. */
  readonly looksBelow: string;
}

/**
 * A package of Debian, unpacked and not installed: no service, no user, nothing outside the cache. Its origin is proved by apt.
 *
 * @param executable below the package's root
 */
export function debianPackage(name: string, title: string, executable: string, relocated?: Relocated): Download {
  return {
    name: `debian-${name}`,
    executable: relocated ? `${executable}${besideIt}` : executable,
    async fetch(folder) {
      const root = await unpackPackage(name, title, folder);
      if (relocated) await relocate(root, executable, relocated.looksBelow);
      return root;
    },
  };
}
const besideIt = '-here';

/** Lets a program look for its files below the folder that it is started in, and starts it in the package's root. */
async function relocate(root: string, executable: string, looksBelow: string): Promise<void> {
  const file = join(root, ...executable.split('/'));
  // As long as before: `/usr/x` → `usr//x`.
  const relative = looksBelow.slice(1).replace('/', '//');
  const bytes = await readFile(file);
  if (!bytes.includes(looksBelow)) throw new Error(`${executable} does not look below ${looksBelow}`);
  for (let place = bytes.indexOf(looksBelow); place >= 0; place = bytes.indexOf(looksBelow, place + 1)) bytes.write(relative, place);
  await writeFile(file, bytes);
  const up = executable
    .split('/')
    .slice(1)
    .map(() => '..');
  const script = ['#!/bin/sh', `cd "$(dirname "$0")/${up.join('/')}" && exec ${executable} "$@"`, ''].join('\n');
  await writeFile(`${file}${besideIt}`, script, { mode: 0o755 });
}

async function unpackPackage(name: string, title: string, folder: string): Promise<string> {
  const [into, lists, archives, root] = ['packages', 'lists/partial', 'cache/archives/partial', 'root'].map((path) =>
    join(folder, path),
  ) as [string, string, string, string];
  await Promise.all([into, lists, archives, root].map((path) => mkdir(path, { recursive: true })));
  // The machine's own lists may be missing, stale, or not ours to renew: apt gets a folder of its own.
  const own = [
    ...['-q', '-o', `Dir::State::lists=${join(folder, 'lists')}`, '-o', `Dir::Cache=${join(folder, 'cache')}`],
    ...['-o', 'Debug::NoLocking=1', '-o', 'APT::Sandbox::User=root', '-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=10'],
  ];
  await showProgress(`Downloading ${title} (${name}, by apt-get)`, folder, async () => {
    refuseFailure('apt-get update', await runCommand(['apt-get', ...own, 'update'], { timeout: limit }));
    refuseFailure(
      'apt-get download',
      await runCommand(['sh', '-c', 'cd "$0" && exec apt-get "$@"', into, ...own, 'download', name], { timeout: limit }),
    );
  });
  const [file] = await readdir(into);
  if (file === undefined) throw new Error('apt-get downloaded nothing');
  refuseFailure('dpkg', await runCommand(['dpkg', '-x', join(into, file), root], { timeout: limit }));
  return root;
}

function refuseFailure(what: string, result: CommandResult | null): void {
  if (result === null) throw new Error(`there is no ${what.split(' ')[0] ?? what}`);
  if (result.code === 0) return;
  const said = result.stderr.split('\n').find((line) => line.startsWith('E: '));
  throw new Error(result.timedOut ? `${what} took too long` : `${what} failed${said ? `: ${said.slice(3, 200)}` : ''}`);
}
