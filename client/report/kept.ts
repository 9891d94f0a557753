import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SCHEMA_VERSION, type ReportModel } from '../../workflows/runbook/report/model';
import { isFileOf, reportFile, requestFile, REPORTS } from '../../workflows/runbook/report/place';
import { allReadable } from '../../workflows/runbook/report/text';
import { KEPT_REQUEST, type KeptRequest } from '../../workflows/runbook/rollback/ended';
import { readId, type Lane } from '../ids';
import { failure, systemCode } from '../problems';

export interface Kept {
  readonly model: ReportModel;
  readonly file: string;
}

/** Larger files are none of ours. */
const largest = 20 * 1024 * 1024;

/** The file that was kept of a deployment, or of the newest one of a lane; null where there is none. */
export async function readKept(folder: string, id: string): Promise<Kept | null> {
  const lane = laneOf(id);
  if (lane === null) return readOne(folder, reportFile(id));
  const [newest] = await newestFirst(folder, lane, '.json', readOne, ({ model }) => ({ ...model, startedAt: Date.parse(model.startedAt) }));
  return newest ?? null;
}

/** The lane that a workflow id names; null where it is another id. */
function laneOf(id: string): Lane | null {
  const named = readId(id);
  if (named?.kind !== 'workflow') return null;
  const [, service = '', environment = ''] = named.workflowId.split(':');
  return { service, environment };
}

/** All files of a lane with one ending. `told`: whose one is, and when it began (epoch milliseconds). */
async function newestFirst<One>(
  folder: string,
  { service, environment }: Lane,
  ending: '.json' | '.request',
  read: (folder: string, name: string) => Promise<One | null>,
  told: (one: One) => Lane & { readonly startedAt: number },
): Promise<readonly One[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => isFileOf(name, service, environment, ending));
  const found = await Promise.all(files.map((name) => read(folder, name)));
  // A name may be the beginning of another one's.
  const isOfLane = (one: One): boolean => told(one).service === service && told(one).environment === environment;
  return found
    .filter((one) => one !== null)
    .filter(isOfLane)
    .toSorted((a, b) => told(b).startedAt - told(a).startedAt);
}

async function readOne(folder: string, name: string): Promise<Kept | null> {
  const file = join(folder, name);
  const text = await readText(file);
  return text === null ? null : { model: readModel(text, file), file };
}

/** A request that was kept beside a report. */
export interface KeptBeside {
  readonly kept: KeptRequest;
  readonly file: string;
}

/** The request of a deployment, or of the newest one of a lane, and those of its lane that came after it; null where there is none. */
export async function readKeptRequest(
  folder: string,
  id: string,
): Promise<(KeptBeside & { readonly later: readonly KeptRequest[] }) | null> {
  const named = laneOf(id);
  if (named) {
    const [newest] = await requestsOf(folder, named);
    return newest ? { ...newest, later: [] } : null;
  }
  const found = await readRequest(folder, requestFile(id), id);
  if (!found) return null;
  const lane = (await requestsOf(folder, found.kept.request.spec)).map(({ kept }) => kept);
  return { ...found, later: lane.filter(({ ended }) => ended.startedAt > found.kept.ended.startedAt) };
}

function requestsOf(folder: string, lane: Lane): Promise<readonly KeptBeside[]> {
  return newestFirst(folder, lane, '.request', readRequest, ({ kept: { request, ended } }) => ({
    ...request.spec,
    startedAt: ended.startedAt,
  }));
}

async function readRequest(folder: string, name: string, id?: string): Promise<KeptBeside | null> {
  const file = join(folder, name);
  const text = await readText(file);
  if (text === null) return null;
  const kept = parsed(text) as Partial<KeptRequest> | null;
  if (isObject(kept) && typeof kept.schemaVersion === 'number' && kept.schemaVersion > KEPT_REQUEST)
    throw failure(`${file} was written by a newer build (schema ${kept.schemaVersion}). Use that build.`);
  const isWhole =
    isObject(kept) &&
    isObject(kept.request) &&
    isObject(kept.request.spec) &&
    isObject(kept.ended) &&
    (id ?? kept.request.deploymentId) === kept.request.deploymentId;
  if (!isWhole) throw failure(`${file} is not the whole request of ${id ?? 'a deployment'}. Name another folder: ${REPORTS}`);
  return { kept: kept as KeptRequest, file };
}

/** Null where there is no such file. */
async function readText(file: string): Promise<string | null> {
  try {
    if ((await stat(file)).size > largest) throw failure(`${file} is too large to be a report. Name another folder: --from <folder>`);
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === undefined) throw error;
    throw failure(`${file} cannot be read (${code}): reports are readable for the worker's user alone. Read it as that user.`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Anybody who can write the folder can have written the file: it is checked, and made readable again. */
function readModel(text: string, file: string): ReportModel {
  const read = parsed(text);
  if (!isObject(read) || typeof read['schemaVersion'] !== 'number')
    throw failure(`${file} is no report. Name another folder: --from <folder>`);
  if (read['schemaVersion'] > SCHEMA_VERSION)
    throw failure(
      `${file} was written by a newer build (schema ${read['schemaVersion']}). Use that build, or read the file itself: it is JSON.`,
    );
  const model: Readonly<Record<string, unknown>> = allReadable({ ...blank, ...read });
  const isWhole =
    Object.entries(blank).every(([key, value]) => !Array.isArray(value) || Array.isArray(model[key])) &&
    texts.every((key) => typeof model[key] === 'string') &&
    Object.entries(lists).every(([key, names]) => hasLists(model[key], names));
  if (!isWhole) throw failure(`${file} is no whole report. Name another folder: --from <folder>`);
  return model as unknown as ReportModel;
}

/** Without these there is nothing to tell. */
const texts = ['deploymentId', 'service', 'environment', 'version', 'requester', 'state', 'sentence', 'asOf', 'startedAt'] as const;

/** What a report that an older build kept may lack. */
const blank = {
  missing: [],
  trouble: [],
  sections: [],
  watches: [],
  attestations: [],
  decisions: [],
  notices: [],
  waivers: [],
  leftOut: [],
  undone: [],
  left: [],
  forwardOnly: [],
  links: [],
  unlisted: 0,
  plan: null,
  release: null,
  releaseDigest: null,
  run: null,
  rollback: null,
  asked: null,
  now: null,
  success: null,
  monitoring: null,
  followUps: null,
} as const satisfies Partial<ReportModel>;

/** Parts that are null, or have all of these lists. */
const lists = {
  success: ['criteria'],
  monitoring: ['signals'],
  followUps: ['phases', 'findings', 'attestations', 'decisions'],
} as const satisfies Partial<Record<keyof ReportModel, readonly string[]>>;
function hasLists(part: unknown, names: readonly string[]): boolean {
  return part === null || (isObject(part) && names.every((name) => Array.isArray(part[name])));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
