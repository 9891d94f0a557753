/** Texts of a report come from people, pods and servers: none may steer the reader's terminal, hide what it says, or carry a credential. */

/** Longest texts that a report quotes; a command that is cut would be another command, so that it gets all the room. */
const longest = { text: 4_000, command: 50_000 } as const;

/** What a terminal obeys, what turns the direction of reading round, and what is not seen at all. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115F\u1160\u3164\uFFA0\u{E0000}-\u{E007F}]+/gu;

/** What a credential is called, at the end of a name. */
const word = String.raw`(?:password|passwd|passphrase|pwd|secret|token|credentials?|(?:api|access|private)[_-]?key)`;
/** From the name to the value, in code, JSON and JSON within a text. */
const is = String.raw`\\?["']?\s*[=:]\s*`;

/**
 * Forms in which a credential stands in a text. The first group stays, so that it can be seen what was there. In doubt it is masked. Our own, as
 * libraries for this look for the tokens of known providers, or for keys of objects, and not for what people and programs write.
 */
const credentials: readonly RegExp[] = [
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // A user and a password in an address, where a port may stand too; of HTTP also a user alone, who may be a token.
  /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/?#@:]*:)(?!\d{1,5}(?:[/?#]|$))[^\s"'<>]+(?=@)/gi,
  /(https?:\/\/)[^\s/?#@]+(?=@)/gi,
  /\b(authorization["']?\s*[:=]\s*["']?(?:[a-z]+\s+)?)[^\s"',;]{4,}/gi,
  /\b(bearer\s+)[A-Za-z0-9._~+/=-]{16,}/gi,
  /\b(cookie["']?\s*[:=]\s*["']?)[^\s"'=;]+=[^\s"';]*(?:;\s*[^\s"'=;]+=[^\s"';]*)*/gi,
  new RegExp(`(${word}${is}\\\\?")(?:[^"\\\\]|\\\\.)+`, 'gi'),
  new RegExp(`(${word}${is}\\\\?')(?:[^'\\\\]|\\\\.)+`, 'gi'),
  new RegExp(`(${word}["']?\\s*=\\s*)[^\\s"'&\\\\]+`, 'gi'),
  // After a colon a sentence may go on: a plain word of it is none.
  new RegExp(`(${word}["']?\\s*:\\s*)(?![a-z]+[,.]?\\s+[a-z])(?!\\[REDACTED)[^\\s"'&\\\\]+`, 'gi'),
  /((?<![a-z])pass["']?\s*=\s*["']?)[^\s"'&]+/gi,
  /([?&](?:key|sig|[\w-]*signature)=)[^\s"'&#]+/gi,
  new RegExp(`(\\s--?(?:[a-z]+-)*${word}\\s+["']?)(?!-)[^\\s"']+`, 'gi'),
  /(\s(?:-u|--user)[\s=]+["']?(?!\d+:\d)[^\s:"']+:)[^\s"']+/g,
  // An incoming webhook is a credential as a whole.
  /(hooks\.slack\.com\/(?:services|workflows)\/)[^\s"']+/gi,
  /\b(xox[a-z]-|gh[a-z]_|github_pat_|glpat-|npm_|sk-|AKIA|ASIA|AIza|eyJ)[A-Za-z0-9._-]{10,}/g,
];
const REDACTED = '[REDACTED]';

/** One line that can be shown anywhere. */
export function readable(text: string, length: number = longest.text): string {
  const line = withoutCredentials(text.replace(unseen, ' ').trim());
  const letters = [...line];
  if (letters.length <= length) return line;
  return `${letters.slice(0, length).join('')} … (${letters.length - length} more characters)`;
}

/** The text with what looks like a credential masked. */
export function withoutCredentials(text: string): string {
  return credentials.reduce((masking, form) => masking.replace(form, `$1${REDACTED}`), text);
}

/** Every text of a value, made readable. */
export function allReadable<T>(value: T, length: number = longest.text): T {
  if (typeof value === 'string') return readable(value, length) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => allReadable(one, length)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]: readonly [string, unknown]) => [
    key,
    allReadable(one, key === 'byHand' ? longest.command : length),
  ]);
  return Object.fromEntries(entries) as T;
}
