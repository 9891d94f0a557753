import { parseArgs } from 'node:util';

export interface Options {
  /** The repetitions that a claim needs, instead of those that fit into a few minutes. */
  readonly full: boolean;
  readonly json: boolean;
  /** Ids of the metrics that are wanted; empty for all. */
  readonly only: readonly string[];
  /** The server keeps its data in a file instead of in memory. */
  readonly file: boolean;
}

export const usage = 'npm run bench -- [--full] [--only M1,M5] [--file] [--json]';

/** Reads the arguments; throws a sentence where they are not understood. */
export function readOptions(args: readonly string[], known: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      full: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      file: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const only = values.only.flatMap((ids) => ids.split(',')).map((id) => id.trim().toUpperCase());
  const unknown = only.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new Error(`There is no metric ${unknown}. Choose from ${known.join(', ')}.`);
  return { full: values.full, json: values.json, file: values.file, only };
}
