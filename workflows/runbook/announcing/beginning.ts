import { announcement, plainMessage } from '../announcements';
import type { Spec } from '../spec';
import { span } from '../words';
import type { Announcement, RunFacts } from './facts';
import { about } from './readers';

/** Runbook, deployment announcement, at the start: staging begins at once, production after its approval. */
export function begins(): Announcement {
  return {
    kind: 'announcement',
    key: 'announcement',
    title: 'announcement of the deployment',
    write: (facts) =>
      announcement(about(facts), {
        when: { kind: 'begins now', at: facts.startedAt, asks: gateWords(facts.request.spec) },
        ...planned(facts),
      }),
  };
}

/** Runbook, deployment announcement, when the window of production is chosen. Told once per window, whether it is waited for or open already. */
export function scheduled(
  { opens, closes }: { readonly opens: number; readonly closes: number },
  { isOld }: Pick<Announcement, 'isOld'> = {},
): Announcement {
  return {
    kind: 'announcement',
    key: `window-${new Date(opens).toISOString().slice(0, 16)}`,
    title: 'announcement of the window',
    ...(isOld ? { isOld } : {}),
    write: (facts) =>
      announcement(about(facts), { when: { kind: 'window', from: Math.max(facts.now, opens), until: closes }, ...planned(facts) }),
  };
}

/** Production lasts longer than its window. */
export function windowIsOverrun(words: string): Announcement {
  return {
    kind: 'status',
    key: 'window-overrun',
    title: 'warning: the window is overrun',
    isOld: true,
    write: (facts) => plainMessage(about(facts), 'status', 'lasts longer than its window', [words]),
  };
}

function planned({ plan, request }: RunFacts) {
  return {
    zones: request.spec.windows?.timeZones ?? [],
    duration: { total: plan.total, waits: plan.waits },
    rollback: {
      takes: plan.worstRollback,
      until: request.spec.ramp.soak > 0 ? `${span(request.spec.ramp.soak)} after all traffic has moved` : 'the last watch has passed',
    },
  };
}

function gateWords({ gates: { production } }: Spec): string {
  return `production after ${production.approvals} of ${production.roles.join(', ')} ${production.approvals === 1 ? 'has' : 'have'} approved`;
}
