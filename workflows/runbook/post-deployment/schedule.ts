/** When a release that is live is looked after (runbook, "post-deployment activities"): every hour, every day, every week. */
import type { FollowUpPhaseSpec, FollowUpsSpec, Milliseconds } from '../spec';

/** One look at the release, planned from the beginning on. */
export interface PlannedCheck {
  readonly phase: FollowUpPhaseSpec;
  /** Since the follow-ups began. */
  readonly at: Milliseconds;
  /** Its place in its phase, from 1, and how many there are. */
  readonly place: number;
  readonly of: number;
  /** The digest goes out with it. */
  readonly digest: boolean;
  /** The last one of its phase. */
  readonly closes: boolean;
}

/** Every look, in order. A phase that does not end on its own step has a last look at its end. */
export function plannedChecks({ phases }: Pick<FollowUpsSpec, 'phases'>): readonly PlannedCheck[] {
  return phases.flatMap((phase, number) => {
    const from = phases[number - 1]?.until ?? 0;
    const count = Math.ceil((phase.until - from) / phase.every);
    const times = Array.from({ length: count }, (_, index) => Math.min(from + (index + 1) * phase.every, phase.until));
    return times.map((at, index) => {
      const before = times[index - 1] ?? from;
      const closes = index === count - 1;
      return {
        phase,
        at,
        place: index + 1,
        of: count,
        digest: closes || periodOf(at, from, phase) > periodOf(before, from, phase),
        closes,
      };
    });
  });
}

/** Which period of digests a moment belongs to. */
function periodOf(at: Milliseconds, from: Milliseconds, { digest }: FollowUpPhaseSpec): number {
  return Math.floor((at - from) / digest);
}

/**
 * The look that is due next. What was missed, because no worker was there, is not made up for: only the newest of its phase is taken, and the
 * digest that was missed goes with it.
 */
export function nextCheck(
  checks: readonly PlannedCheck[],
  next: number,
  elapsed: Milliseconds,
): (PlannedCheck & { readonly number: number }) | null {
  const first = checks[next];
  if (!first) return null;
  let number = next;
  while (checks[number + 1]?.phase === first.phase && (checks[number + 1]?.at ?? Infinity) <= elapsed) number++;
  const taken = checks[number] ?? first;
  return { ...taken, number, digest: checks.slice(next, number + 1).some(({ digest }) => digest) };
}
