/**
 * What a deployment tells people: the runbook's five messages, and what it asks of them. `attestation` and `digest` are reminders of what is open
 * and sums of what was measured.
 */
export const noticeKinds = [
  'announcement',
  'status',
  'issue',
  'rollback',
  'success',
  'gate',
  'attestation',
  'escalation',
  'digest',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export interface AnnouncementsSpec {
  /** Begins every subject. */
  readonly prefix: string;
  /** Sinks by kind of message. A kind that is not named goes to all sinks, one with an empty list to none. */
  readonly sinks: { readonly [Kind in NoticeKind]?: readonly string[] };
  /** What readers will notice of the deployment. */
  readonly impact: string;
  /** What is new for them, a line each. */
  readonly expect: readonly string[];
  /** Where they report what goes wrong. */
  readonly reportTo: string;
  /** Who writes to them. */
  readonly signature: string;
}
