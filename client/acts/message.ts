import { randomUUID } from 'node:crypto';
import type { Message, MessageName } from '../../workflows/messages';
import { textOf, type Context } from '../command';
import { whoIs } from '../identity';

/** Who says it and when, with a request id that the update and its signal twin share. */
export function messageFrom({ options, env }: Pick<Context, 'options' | 'env'>, name: MessageName): Message {
  const comment = textOf(options, 'comment');
  return { by: whoIs(textOf(options, 'as'), env), requestId: `${name}-${randomUUID()}`, ...(comment === undefined ? {} : { comment }) };
}
