import type { Spec } from '../../workflows/runbook/spec';
import type { Finding } from '../problems';

/** What no single key can say: a rule between keys. */
export interface Rule {
  readonly name: string;
  /** The sections that it looks at: it is asked only when all of them are in order, so that one bad section hides no other problem. */
  readonly reads: readonly (keyof Spec)[];
  readonly check: (spec: Spec) => readonly Finding[];
}

/** A rule that can look at no more than it says. */
export const rule = <Key extends keyof Spec>(
  name: string,
  reads: readonly Key[],
  check: (spec: Pick<Spec, Key>) => readonly Finding[],
): Rule => ({ name, reads, check });
