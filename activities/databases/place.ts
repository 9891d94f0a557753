import { createHash } from 'node:crypto';
import type { DatabaseRequest } from '../../workflows/runbook/contract';
import type { DatabaseSpec, SecretReference } from '../../workflows/runbook/spec';
import { failure } from '../failures';
import type { Ports } from '../ports';
import { scratchPrefix, type Databases, type DatabasePlace, type Limits } from '../ports/databases';

/** The database of the spec, with its secret resolved at the moment of use. */
export function placeOf({ secrets }: Pick<Ports, 'secrets'>, { url, tools }: DatabaseSpec): Promise<DatabasePlace> {
  return at(secrets, url, tools);
}
/** Where scratch databases are made. */
export function scratchPlaceOf({ secrets }: Pick<Ports, 'secrets'>, { url, scratch, tools }: DatabaseSpec): Promise<DatabasePlace> {
  return at(secrets, scratch ?? url, tools);
}
async function at(secrets: Ports['secrets'], reference: SecretReference, tools: string | undefined): Promise<DatabasePlace> {
  return { url: await secrets.resolve(reference), tools };
}

/** The rest of a deadline, for each call that is made under it. Ends what runs, also when the workflow asks to stop. */
export function within(deadline: number, signal: AbortSignal): () => Limits {
  const end = performance.now() + deadline;
  return () => {
    signal.throwIfAborted();
    const timeout = Math.ceil(end - performance.now());
    if (timeout > 0) return { signal, timeout };
    throw failure('CommandFailed', `The database work took longer than ${Math.ceil(deadline / 1_000)} s`, {
      remedy: 'Raise the deadline below database in the spec, then retry.',
    });
  };
}

/** How long scratch databases of a run that nobody took up again are left alone. */
const abandonedAfter = 24 * 60 * 60_000;

/**
 * A scratch database for as long as `work` takes. Its name is made of deployment and purpose: after a crash the retry finds it, and drops it first.
 * Those that nobody came back for are dropped as well.
 */
export async function withScratch<T>(
  databases: Databases,
  place: DatabasePlace,
  { deployment }: Pick<DatabaseRequest, 'deployment'>,
  purpose: 'backup' | 'migrations',
  limits: () => Limits,
  work: (scratch: DatabasePlace) => Promise<T>,
): Promise<T> {
  const name = `${scratchPrefix}${createHash('sha256').update(`${deployment}/${purpose}`).digest('hex').slice(0, 16)}`;
  for (const abandoned of await databases.abandonedScratch(place, abandonedAfter, limits()))
    await databases.dropScratch(place, abandoned, limits()).catch(() => undefined);
  // It ends also where everything is stopped: its own limits, which no signal cuts short.
  const drop = () => databases.dropScratch(place, name, { signal: new AbortController().signal, timeout: dropLimit });
  try {
    const out = await work(await databases.makeScratch(place, name, limits()));
    await drop();
    return out;
  } catch (error) {
    await drop().catch(() => undefined);
    throw error;
  }
}
const dropLimit = 30_000;
