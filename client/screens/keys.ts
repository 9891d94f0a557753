import { paint, wrap, type Look } from './look';

/** What can be pressed: a key, then what it does. */
export interface Pressable {
  readonly key: string;
  readonly label: string;
}

/** A line of keys, broken where it must be; a key stays beside its words. */
export function keyLines(look: Look, keys: readonly Pressable[]): readonly string[] {
  if (keys.length === 0) return [];
  const between = '   ';
  return wrap(keys.map(({ key, label }) => `${key} ${label}`).join(between), look.width, between).map((line) => paint(look, 'faint', line));
}
