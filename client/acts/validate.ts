import { planOf } from '../../workflows/runbook/plan';
import type { Context } from '../command';
import { exitCodes } from '../exit-codes';
import { shortDigest } from '../screens/words';
import { refuseUnknownSteps } from './known-steps';
import { requestOf } from './request';

/** Checks the spec and says what it is; the problems are thrown by the reading. */
export async function validate(context: Context): Promise<number> {
  const { request, read } = requestOf(context, 'v1.0.0', new Date());
  const { spec, file, overrides, planDigest } = read;
  refuseUnknownSteps(spec, await planOf(request), file);
  context.out.say(
    `${[file, ...overrides].join(' + ')}: valid. ${spec.service} in ${spec.environment}, plan digest ${shortDigest(planDigest)}`,
  );
  context.out.data({ valid: true, file, overrides, service: spec.service, environment: spec.environment, planDigest });
  return exitCodes.ok;
}
