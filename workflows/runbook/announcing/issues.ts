import { issue, plainMessage } from '../announcements';
import type { Milliseconds } from '../spec';
import { type Watch, numbered } from '../step';
import type { AttentionView } from '../view';
import { span } from '../words';
import type { Announcement } from './facts';
import { impactOf } from './impact';
import { about } from './readers';

/** Runbook, issue notification: a watch has failed, and traffic goes back. */
export function watchFailed({ id, title }: Pick<Watch, 'id' | 'title'>, reason: string): Announcement {
  return { ...failed(id, numbered(id, title), reason), title: 'issue: a watch has failed' };
}

/** Runbook, issue notification: a step has failed for good, and everything is put back. */
export function stepFailed(id: string, title: string, reason: string): Announcement {
  return failed(id, numbered(id, title), reason);
}

function failed(id: string, what: string, reason: string): Announcement {
  return {
    kind: 'issue',
    key: `issue-${id}`,
    title: 'issue: a step has failed',
    write: (facts) =>
      issue(about(facts), {
        what,
        reason,
        impact: impactOf(facts),
        standing: 'mitigating',
        detectedAt: facts.now,
        over: { kind: 'by', at: facts.now + facts.plan.worstRollback, how: 'everything is being put back, traffic first' },
        commands: [],
      }),
  };
}

/**
 * Runbook, issue notification: a step waits for a person. Told once per step and reason, however often it is tried; numbers are no other reason.
 *
 * @param time which time it is asked, where it is asked anew on purpose.
 */
export function needsAttention(
  { step, title, reason, choices, onDeadline }: Omit<AttentionView, 'since' | 'deadline'>,
  patience: number,
  time = 1,
): Announcement {
  return {
    kind: 'issue',
    key: `attention-${step}`,
    again: `${time} ${reason.replace(/[\d.]+/g, '')}`,
    title: 'issue: a step needs attention',
    isOld: true,
    write: (facts) =>
      issue(about(facts), {
        what: title,
        reason,
        impact: impactOf(facts),
        standing: 'investigating',
        detectedAt: facts.now,
        over: { kind: 'by', at: facts.now + patience, how: `a person decides, or else: ${onDeadline}` },
        commands: choices.map((choice) => decision(choice, facts.request.deploymentId, step)),
      }),
  };
}

/** A pause goes on: told when parts of its time are over. */
export function stillPaused(
  { by, since }: { readonly by: string; readonly since: number },
  limit: Milliseconds,
  share: number,
): Announcement {
  return {
    kind: 'issue',
    key: `paused-${Math.floor(since / 1_000)}-${share}`,
    title: 'reminder: paused',
    isOld: true,
    write: (facts) =>
      plainMessage(about(facts), 'issue', `is still paused by ${by}`, [
        `It stands still; ${Math.round(share * 100)} % of the ${span(limit)} that a pause may last are over. Then ${facts.request.rollback ? 'it goes on' : 'everything is put back'}.`,
        `analytics-deploy resume ${facts.request.deploymentId}`,
      ]),
  };
}

function decision(choice: AttentionView['choices'][number], id: string, step: string): string {
  if (choice === 'rollback' || choice === 'abort') return `${choice} ${id}`;
  return `${choice} ${id} --step ${step}${choice === 'skip' ? ' --comment "why"' : ''}`;
}
