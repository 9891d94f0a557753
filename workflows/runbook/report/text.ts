/** Texts of a report come from people, pods and servers: none may steer the reader's terminal, hide what it says, or carry a credential. */

/** Longest texts that a report quotes; a command that is cut would be another command, so that it gets all the room. */
const longest = { text: 4_000, command: 50_000 } as const;

/** What a terminal obeys, what turns the direction of reading round, and what is not seen at all. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF]+/gu;

/** Forms in which a credential stands in a text. The first group stays, so that it can be seen what was there. */
const credentials: readonly RegExp[] = [
  // A user and a password in an address; of HTTP also a user alone, who may be a token.
  /(https?:\/\/)[^\s/?#@]+(?=@)/gi,
  /([a-z][a-z0-9+.-]*:\/\/[^\s/?#@:]*:)[^\s/?#@]+(?=@)/gi,
  /\b(authorization["']?\s*[:=]\s*["']?(?:[a-z]+\s+)?)[^\s"',;]{4,}/gi,
  /\b(bearer\s+)[A-Za-z0-9._~+/=-]{16,}/gi,
  /((?:password|passwd|pwd|token|secret|api[_-]?key|access[_-]?key)["']?\s*[=:]\s*["']?)[^\s"'&,;]{4,}/gi,
  // An incoming webhook is a credential as a whole.
  /(hooks\.slack\.com\/(?:services|workflows)\/)[^\s"']+/gi,
  /\b(xox[a-z]-|gh[a-z]_|github_pat_|glpat-|sk-|AKIA|eyJ)[A-Za-z0-9._-]{10,}/g,
];
const REDACTED = '[REDACTED]';

/** One line that can be shown anywhere. */
export function readable(text: string, length: number = longest.text): string {
  const line = text.replace(unseen, ' ').trim();
  const masked = credentials.reduce((masking, form) => masking.replace(form, `$1${REDACTED}`), line);
  const letters = [...masked];
  if (letters.length <= length) return masked;
  return `${letters.slice(0, length).join('')} … (${letters.length - length} more characters)`;
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
