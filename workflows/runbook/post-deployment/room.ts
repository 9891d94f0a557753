/** What the follow-ups cost: events of Temporal's history, over all their runs. */
import type { FollowUpPhaseSpec, FollowUpsSpec } from '../spec';
import type { PlannedCheck } from './schedule';

/** Most events of the follow-ups of one deployment; what people say comes on top. */
export const mostEvents = 450;

/** Events of one of each. */
export const costs = {
  /** A run: its begin, its end, and its search attribute. */
  run: 6,
  /** Reading what the deployment was started with, once. */
  beginning: 6,
  /** A timer, and a short activity. */
  look: 11,
  /** A message that is sent by itself; the end of the follow-ups is one, where it is not the planned one. */
  notice: 6,
  /** A push of Alertmanager. */
  push: 4,
  /** A look that nobody planned. */
  called: 8,
  /** A rollback that could not be started, and what people are told of it. */
  rollback: 11,
  /** That looks do not pass any more, or pass again, as a search attribute. */
  standing: 1,
  /** What a person says. */
  decision: 5,
} as const;

/**
 * What is planned from a look on. An earlier end, and the word of it, costs less than the looks that are left.
 *
 * @param begun the phase whose run has begun already, and has asked people.
 */
export function plannedEvents(checks: readonly PlannedCheck[], begun: FollowUpPhaseSpec | undefined): number {
  const phases = new Set(checks.map(({ phase }) => phase).filter((phase) => phase !== begun));
  return checks.length * costs.look + eventsOf([...phases]);
}

/** Most looks that a spec may plan: the last one may find that another release serves, which is told by itself. */
export function mostLooks({ phases }: Pick<FollowUpsSpec, 'phases'>): number {
  return Math.floor((mostEvents - costs.beginning - eventsOf(phases) - costs.notice) / costs.look);
}

/** A phase is a run, and asks people once. */
function eventsOf(phases: readonly FollowUpPhaseSpec[]): number {
  const asking = phases.filter(({ attestations }) => attestations.length > 0);
  return phases.length * costs.run + asking.length * costs.notice;
}
