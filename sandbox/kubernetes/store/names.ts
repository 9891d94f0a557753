import { randomInt } from 'node:crypto';

/** The letters and digits that Kubernetes uses in generated names: no vowels, nothing that looks like something else. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Five characters that make a `generateName` unique. */
export function randomSuffix(): string {
  return Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** A number written in the alphabet of generated names. */
export function safeEncode(text: string): string {
  return [...text].map((character) => alphabet[(character.codePointAt(0) ?? 0) % alphabet.length]).join('');
}
