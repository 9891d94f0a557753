import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { reportsFolder, REPORTS } from '../../workflows/runbook/report/place';
import type { ReportModel } from '../../workflows/runbook/report/model';
import { textOf, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { findDeployment, findOnlyDeployment } from '../find-deployment';
import { Problem, refused, systemCode, wrongUsage } from '../problems';
import { htmlOf } from '../report/html';
import { readKept } from '../report/kept';
import { markdownOf } from '../report/markdown';
import { readFromTemporal, withFollowUps } from '../report/read';
import type { Engine } from '../temporal/engine';
import { linkTo } from './links';

const forms: Readonly<Record<string, (model: ReportModel) => string>> = {
  md: markdownOf,
  html: htmlOf,
  json: (model) => `${JSON.stringify(model, null, 2)}\n`,
};

/** Tells what a deployment did: from Temporal, else from the file that was kept at its end. */
export async function report(context: Context): Promise<number> {
  const { out, options } = context;
  const form = textOf(options, 'format') ?? (out.json ? 'json' : 'md');
  const model = await read(context);
  const text = (forms[form] ?? markdownOf)(model);
  const file = textOf(options, 'output');
  if (file === undefined) {
    out.say(text.trimEnd());
    out.data(form === 'json' ? model : { format: form, text, deploymentId: model.deploymentId, outcome: model.outcome });
    return exitCodes.ok;
  }
  await write(file, text);
  out.say(`Wrote ${file}: ${model.sentence}`);
  out.data({ written: file, format: form, deploymentId: model.deploymentId, outcome: model.outcome, state: model.state });
  return exitCodes.ok;
}

async function read(context: Context): Promise<ReportModel> {
  const { arguments: named, options, env } = context;
  const { id } = named;
  const from = textOf(options, 'from');
  if (from !== undefined) {
    if (id === undefined) throw wrongUsage(`Say which report of ${from}: analytics-deploy report <id> --from ${from}`);
    const kept = await fromFolder(context, from, id);
    if (kept) return kept;
    throw refused(`There is no report of "${id}" in ${from}. Without --from it is asked from Temporal: analytics-deploy report ${id}`);
  }
  let engine: Engine | null = null;
  try {
    engine = await context.connect();
    const run = id === undefined ? await findOnlyDeployment(engine) : await findDeployment(engine, id);
    return await readFromTemporal(engine, run, linkTo(engine, run, context), Date.now());
  } catch (error) {
    if (!(error instanceof Problem) || error.code === exitCodes.usage || id === undefined) throw error;
    const folder = reportsFolder(env, env['HOME'] ?? homedir());
    const kept = await fromFolder(context, folder, id);
    if (kept) return engine ? await withFollowUps(engine, kept, Date.now()).catch(() => kept) : kept;
    throw new Problem(
      `${error.message}\nNo report of it is kept in ${folder} either: name the worker's folder with --from <folder> or ${REPORTS}.`,
      error.code,
      error.details,
    );
  }
}

async function fromFolder({ out }: Context, folder: string, id: string): Promise<ReportModel | null> {
  const kept = await readKept(folder, id);
  if (kept) out.note(`From the file that was kept at its end: ${kept.file}`);
  return kept && kept.model;
}

/** Whole or not at all: a report that is there already stays until the new one is. */
async function write(file: string, text: string): Promise<void> {
  const partial = `${file}.${randomUUID()}.partial`;
  try {
    await writeFile(partial, text, { flag: 'wx' });
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw wrongUsage(`${file} cannot be written (${systemCode(error) ?? String(error)}). Name another place: --output <file>`);
  }
}
