import { z } from 'zod';
import type { SecretReference } from '../workflows/runbook/spec';
import { parseDuration } from './duration';
import { parseMoment, parseTimeOfDay } from './times';
import { type Grammar, secretReference } from './grammar';
import { nearest } from './nearest';

/** The building blocks of the schema. The `error` of each completes the sentence "X is Y: …"; a remedy travels in `params`. */
export const text = (grammar: Grammar) =>
  z
    .string({ error: grammar.expected })
    .superRefine((value, context) => {
      if (grammar.accepts(value)) return;
      context.addIssue({ code: 'custom', message: grammar.expected, params: { remedy: meant(grammar.suggest?.(value)) } });
    })
    .meta(grammar.pattern ? { pattern: grammar.pattern } : {});

/** A secret's place. The value that was written is never shown again, as it may be the secret. */
export const secret = () =>
  z
    .string({ error: secretReference.expected })
    .transform((value, context): SecretReference => {
      if (isSecretReference(value)) return value;
      const remedy = meant(secretReference.suggest?.(value));
      context.addIssue({ code: 'custom', message: secretReference.expected, params: { remedy, secret: true } });
      return z.NEVER;
    })
    .meta({ pattern: '^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$' });
const isSecretReference = (value: string): value is SecretReference => secretReference.accepts(value);

const aDuration = 'a duration has units, such as 500ms, 90s, 10m or 1h30m, and is at most 30d';
/** A duration as people write it; milliseconds in the spec. */
export const duration = ({ least = 0 }: { readonly least?: 0 | 1 } = {}) =>
  z
    .string({ error: aDuration })
    .transform((value, context): number => {
      const parsed = parseDuration(value);
      if (parsed !== undefined && parsed >= least) return parsed;
      const tooShort = parsed !== undefined;
      const remedy = /^\d+$/.test(value) && Number(value) > 0 ? `Add the unit: ${value}s or ${value}m` : undefined;
      context.addIssue({ code: 'custom', message: tooShort ? 'this duration must be longer than nothing' : aDuration, params: { remedy } });
      return z.NEVER;
    })
    .meta({ examples: ['90s', '10m', '1h30m'] });

/** Text that becomes a number, or is refused with what is expected. */
const read = (expected: string, example: string, parse: (text: string) => number | undefined) =>
  z
    .string({ error: expected })
    .transform((value, context): number => {
      const parsed = parse(value);
      if (parsed !== undefined) return parsed;
      context.addIssue({ code: 'custom', message: expected, params: {} });
      return z.NEVER;
    })
    .meta({ examples: [example] });
/** A time of day in UTC as people write it; milliseconds since midnight in the spec. */
export const timeOfDay = () => read('a time of day is UTC and written 02:00, from 00:00 to 24:00', '02:00', parseTimeOfDay);
/** A date or a moment in UTC; epoch milliseconds in the spec. */
export const moment = () =>
  read('a moment is UTC and written 2026-12-24, for its midnight, or 2026-12-24T18:00Z', '2026-12-24T18:00Z', parseMoment);

/** A number within limits, both included. */
const between = (minimum: number, maximum: number, expected: string, guess: (value: number) => number | undefined) =>
  z
    .number({ error: expected })
    .superRefine((value, context) => {
      if (value >= minimum && value <= maximum) return;
      const suggested = guess(value);
      const remedy = meant(suggested === undefined ? undefined : String(suggested));
      context.addIssue({ code: 'custom', message: expected, params: { remedy } });
    })
    .meta({ minimum, maximum });

const clamp = (minimum: number, maximum: number) => (value: number) => Math.min(maximum, Math.max(minimum, value));
/** A share of traffic in percent. */
export const share = () => between(0, 100, 'a share is 0 to 100 %', clamp(0, 100));
/** A fraction of one. What looks like percent is read as percent in the suggestion. */
export const fraction = () =>
  between(0, 1, 'a rate is a fraction of one, 0 to 1', (value) => (value > 1 && value <= 100 ? value / 100 : undefined));
export const count = (minimum: number, maximum: number, what: string) => {
  const expected = `${what} is a whole number from ${minimum} to ${maximum}`;
  return between(minimum, maximum, expected, clamp(minimum, maximum)).superRefine((value, context) => {
    if (!Number.isInteger(value)) {
      context.addIssue({ code: 'custom', message: expected, params: { remedy: meant(String(Math.round(value))) } });
    }
  });
};

/** A number of any size, 0 or more. */
export const amount = () => between(0, Number.MAX_SAFE_INTEGER, 'a number of 0 or more is expected', () => undefined);

export const flag = () => z.boolean({ error: 'true or false is expected' });

export const choice = <const Options extends readonly [string, ...string[]]>(options: Options) =>
  z.enum(options, {
    error: ({ input }) => {
      const similar = typeof input === 'string' ? nearest(input, options) : undefined;
      const listed = options.length === 1 ? `only ${options[0]} is possible` : `one of ${options.join(', ')} is expected`;
      return similar ? `${listed}${REMEDY}${meant(similar) ?? ''}` : listed;
    },
  });
/** Parts expectation and remedy where zod carries one string only. */
export const REMEDY = '\u0000';

/** A section with fixed keys: any other key is an error. */
export const section = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) => (code === 'invalid_type' ? `a section with ${listed(Object.keys(shape))} is expected` : undefined),
  });
const listed = (keys: readonly string[]): string => (keys.length === 1 ? `the key ${keys[0]}` : `the keys ${keys.join(', ')}`);

/** One of several sections, told apart by one key. */
export const union = <const Options extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]]>(
  key: string,
  options: Options,
) =>
  z.discriminatedUnion(key, options, {
    error: ({ input }) => {
      const kinds = options.flatMap((option) => [...(option._zod.propValues[key] ?? [])].filter((value) => typeof value === 'string'));
      return typeof input === 'object' && input !== null ? `${key} is one of ${kinds.join(', ')}` : 'a section is expected';
    },
  });

/** A list; `what` names its items in the plural. */
export const list = <Item extends z.ZodType>(item: Item, what: string, { least = 0, most = 100 } = {}) => {
  const expected = least > 0 ? `a list of at least ${least} ${what} is expected` : `a list of ${what} is expected`;
  return z
    .array(item, { error: expected })
    .min(least, { error: expected })
    .max(most, { error: `a list of at most ${most} ${what} is expected` })
    .readonly();
};

/** A map with keys of the writer's choosing; `what` says from what to what. */
export const map = <Value extends z.ZodType>(key: Grammar, value: Value, what: string) =>
  z.record(text(key), value, { error: `a map of ${what} is expected` });

const meant = (suggestion: string | undefined): string | undefined =>
  suggestion === undefined ? undefined : `Did you mean ${suggestion}?`;
