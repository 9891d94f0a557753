import type { Context } from '../command';
import { exitCodes } from '../exit-codes';
import { shortDigest } from '../screens/words';
import { readSpec } from './read-spec';

/** Checks the spec and says what it is; the problems are thrown by the reading. */
export async function validate(context: Context): Promise<number> {
  const { spec, file, overrides, planDigest } = readSpec(context);
  context.out.say(
    `${[file, ...overrides].join(' + ')}: valid. ${spec.service} in ${spec.environment}, plan digest ${shortDigest(planDigest)}`,
  );
  context.out.data({ valid: true, file, overrides, service: spec.service, environment: spec.environment, planDigest });
  return exitCodes.ok;
}
