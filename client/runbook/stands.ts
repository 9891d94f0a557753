/** What can stand for a line of the source runbook. */
export const standKinds = {
  /** A line of the plan. */
  step: 'step',
  /** A person's word. */
  attestation: 'attestation',
  /** A message that is sent, or one of its facts, such as `success.metrics`. */
  announcement: 'announcement',
  /** A value of the spec that is enforced, by its path; of a list by its place there, such as `links.#2`. */
  rule: 'rule',
  /** A command of this tool. */
  command: 'command',
  /** A level of the rollback ladder. */
  level: 'rollback level',
  /** A signal of the monitoring checklist. */
  signal: 'signal',
  /** What a follow-up does. */
  followup: 'follow-up',
  /** Somebody who is told when nobody acts. */
  contact: 'contact',
  /** A risk, with what covers it. */
  risk: 'risk',
  /** Nothing, for the reason that follows. */
  none: 'not automated',
} as const;
export type StandKind = keyof typeof standKinds;
/**
 * `kind:name`. In a name `*` stands for what specs choose themselves, such as shares of traffic; `#2` is the second of its kind. Of several, with `|`
 * between them, the first that there is counts.
 */
export type Stand = `${StandKind}:${string}`;

/** All that can stand for something, by kind: name to what it is, in words. `none` is a reason and looks nothing up. */
export type Registry = Readonly<Record<Exclude<StandKind, 'none'>, ReadonlyMap<string, string>>> & {
  /** Why a deployment does without something; undefined where it does not, or where nobody said why. */
  leftOut(name: string): string | undefined;
};

/** A stand as it is shown. */
export interface Standing {
  readonly kind: StandKind;
  /** Id, path or name; several where the stand names them so; empty for what is not automated. */
  readonly name: string;
  /** What it is in words, or the reason; null where there is no such thing. */
  readonly words: string | null;
  /** It is left out, and `words` say why. */
  readonly isLeftOut: boolean;
}

export function standingOf(stand: Stand, registry: Registry): Standing {
  const standings = stand.split('|').map((one) => standing(one as Stand, registry));
  return standings.find(({ words }) => words !== null) ?? (standings[0] as Standing);
}

function standing(stand: Stand, registry: Registry): Standing {
  const at = stand.indexOf(':');
  const kind = stand.slice(0, at) as StandKind;
  const name = stand.slice(at + 1);
  if (kind === 'none') return { kind, name: '', words: name, isLeftOut: false };
  const found = namesLike(name, registry[kind]);
  if (found.length > 0)
    return { kind, name: found.join(', '), words: found.map((one) => registry[kind].get(one)).join('; '), isLeftOut: false };
  const reason = kind === 'step' || kind === 'attestation' ? registry.leftOut(name) : undefined;
  return { kind, name, words: reason ?? null, isLeftOut: reason !== undefined };
}

function namesLike(name: string, all: ReadonlyMap<string, string>): readonly string[] {
  const names = [...all.keys()];
  if (name.startsWith('#')) return names.slice(Number(name.slice(1)) - 1).slice(0, 1);
  const [begin = '', end] = name.split('*');
  return end === undefined ? names.filter((one) => one === name) : names.filter((one) => one.startsWith(begin) && one.endsWith(end));
}
