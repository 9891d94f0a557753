/** What can stand for a line of the source runbook. */
export const standKinds = {
  /** A line of the plan. */
  step: 'step',
  /** A person's word. */
  attestation: 'attestation',
  /** A message that is sent. */
  announcement: 'announcement',
  /** A value of the spec that is enforced, by its path. */
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
export type Stand = `${StandKind}:${string}`;

/** Everything of one kind that there is: name to what it is, in words. */
export interface Named {
  get(name: string): string | undefined;
}
/** All that can stand for something. `none` is a reason and looks nothing up. */
export type Registry = Readonly<Record<Exclude<StandKind, 'none' | 'step'>, ReadonlyMap<string, string>>> & {
  /** Steps that the spec leaves out are answered with the reason. */
  readonly step: Named;
};

/** A stand as it is shown. */
export interface Standing {
  readonly kind: StandKind;
  /** Id, path or name; empty for what is not automated. */
  readonly name: string;
  /** What it is in words, or the reason; null where there is no such thing. */
  readonly words: string | null;
}

export function standingOf(stand: Stand, registry: Registry): Standing {
  const at = stand.indexOf(':');
  const kind = stand.slice(0, at) as StandKind;
  const name = stand.slice(at + 1);
  return kind === 'none' ? { kind, name: '', words: name } : { kind, name, words: registry[kind].get(name) ?? null };
}
