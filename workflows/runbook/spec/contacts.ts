import type { Milliseconds } from './values';

/** The runbook's emergency contacts, in the order in which they are called. */
export const contactLevels = ['primary', 'secondary', 'infrastructure', 'security', 'management'] as const;
export type ContactLevel = (typeof contactLevels)[number];

export type ContactsSpec = { readonly [Level in ContactLevel]?: ContactSpec };

export interface ContactSpec {
  readonly name: string;
  /** How the sinks know them: @name, a group, an address. */
  readonly handle: string;
  /** Sinks that reach them; those of the kind `escalation` where it is absent. */
  readonly sinks?: readonly string[];
  /** How long after the beginning they are called, unless somebody has acknowledged. */
  readonly after: Milliseconds;
}
