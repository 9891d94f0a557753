import { randomBytes } from 'node:crypto';
import type { Message } from '../../workflows/messages';
import { textOf, type Context } from '../command';
import { whoIs } from '../identity';
import { wrongUsage } from '../problems';
import type { AllMessages } from '../temporal/engine';

/** Who says it and when, with a request id that the update and its signal twin share. */
export function messageFrom({ options, env }: Pick<Context, 'options' | 'env'>, name: keyof AllMessages): Message {
  const [comment, as] = [textOf(options, 'comment'), textOf(options, 'as')];
  if (as?.trim() === '') throw wrongUsage('--as needs a name. Example: --as eva');
  return {
    by: whoIs(as, env),
    requestId: `${name}-${randomBytes(9).toString('base64url')}`,
    ...(comment === undefined ? {} : { comment }),
  };
}
