import { writeFileSync } from 'node:fs';
import { starterSpec } from '../../spec';
import { isSet, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { refused, wrongUsage } from '../problems';

/** Writes the commented starter spec, to standard output where the file is `-`; never over an existing file unless told to. */
export async function init({ arguments: { file = 'analytics.yaml' }, options, out }: Context): Promise<number> {
  const spec = starterSpec();
  if (file === '-') {
    out.say(spec.trimEnd());
    out.data({ spec });
    return exitCodes.ok;
  }
  try {
    writeFileSync(file, spec, { flag: isSet(options, 'force') ? 'w' : 'wx' });
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      throw refused(
        `${file} is there already and stays as it is. Add --force to overwrite it, or print the starter: analytics-deploy init -`,
      );
    throw wrongUsage(`${file} cannot be written (${codeOf(error)}). Name another place: analytics-deploy init <file>`);
  }
  out.say(`Wrote ${file}.`);
  out.note(
    'Next:',
    `  analytics-deploy validate --spec ${file}`,
    `  analytics-deploy plan --spec ${file}`,
    `  analytics-deploy doctor --spec ${file}`,
  );
  out.data({ written: file });
  return exitCodes.ok;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
