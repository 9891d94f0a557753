import type { AnnouncementFacts, IssueFacts, RollbackFacts, StatusFacts, SuccessFacts } from '../../workflows/runbook/announcements';
import type { NoticeKind } from '../../workflows/runbook/spec';

/** What each of the runbook's five messages says, fact by fact: `announcement:success.metrics` stands for it. A fact that is gone does not compile here. */
export const factsOf = {
  announcement: {
    when: 'from when to when, in UTC, or from now on',
    zones: "the same in the readers' own zones",
    duration: 'how long it takes by the plan, and how much of it is watching',
    rollback: 'how long the way back takes at worst, and until when it is automatic',
  } satisfies Record<keyof AnnouncementFacts, string>,
  status: {
    phase: 'which phase of how many is complete',
    accomplished: 'what was done, from receipts',
    metrics: 'what was measured, each against its target',
    benchmarks: 'what was measured against limits of its own, such as the load test',
    next: 'what comes next',
    standing: 'green, yellow or red, and why',
  } satisfies Record<keyof StatusFacts, string>,
  issue: {
    what: 'what has failed, or waits',
    reason: 'why',
    impact: 'what users have of it',
    standing: 'whether it is looked into, mitigated or resolved',
    detectedAt: 'when it was found',
    over: 'by when it is over, and how',
    commands: 'what can be typed to decide',
  } satisfies Record<keyof IssueFacts, string>,
  rollback: {
    ended: 'how it ended',
    now: 'what production has now',
    reason: 'why',
    beganAt: 'when putting back began',
    endedAt: 'when it ended',
    affected: 'how long users had which share of it',
    undone: 'how much was undone',
    left: 'what is left, each with what finishes it',
  } satisfies Record<keyof RollbackFacts, string>,
  success: {
    at: 'since when it serves everybody',
    took: 'after how long',
    achieved: 'what was reached, from receipts',
    served: 'how many requests failed to the version before while traffic moved, and to the new one; whether downtime was seen',
    metrics: 'what was measured, each against its target',
    benchmarks: 'what was measured against limits of its own',
    stays: 'how long the way back stays warm, and what was left out',
  } satisfies Record<keyof SuccessFacts, string>,
} as const satisfies { readonly [Kind in NoticeKind]?: Readonly<Record<string, string>> };

/** `success.metrics` and the like, each with its words; none for messages that say what they have to in plain words. */
export function factsIn(kind: NoticeKind): readonly (readonly [string, string])[] {
  const facts: { readonly [Kind in NoticeKind]?: Readonly<Record<string, string>> } = factsOf;
  return Object.entries(facts[kind] ?? {}).map(([fact, words]) => [`${kind}.${fact}`, words]);
}
