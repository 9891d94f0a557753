import type { temporal } from '@temporalio/proto';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** From the end of one step to the end of the next one, where nothing else was going on. */
export interface StepGap {
  /** Milliseconds by the server's clock. */
  readonly gap: number;
  readonly workflowTasks: number;
}

/** What happened since the last step ended. */
interface Since {
  readonly at: number;
  workflowTasks: number;
  activities: number;
  /** A timer was started, another activity ran beside, or somebody sent a message. */
  disturbed: boolean;
}

/**
 * The gaps between consecutive sequential activities: a completed activity after which the workflow starts exactly one other, with no
 * timer, no other activity and no message between. Read from event times alone, which are one clock.
 */
export function stepGaps(history: readonly HistoryEvent[]): readonly StepGap[] {
  const open = new Set<string>();
  const gaps: StepGap[] = [];
  let since: Since = { at: 0, workflowTasks: 0, activities: 0, disturbed: true };
  for (const event of history) {
    const change = openedOrClosed(event);
    if (change?.kind === 'opened') {
      since.disturbed ||= open.size > 0 || change.what.startsWith('timer');
      since.activities++;
      open.add(change.what);
    }
    if (change?.kind === 'closed') open.delete(change.what);
    if (event.workflowTaskCompletedEventAttributes) since.workflowTasks++;
    if (isMessage(event)) since.disturbed = true;
    if (!event.activityTaskCompletedEventAttributes) continue;
    const at = timeOf(event);
    if (!since.disturbed && since.activities === 1) gaps.push({ gap: at - since.at, workflowTasks: since.workflowTasks });
    since = { at, workflowTasks: 0, activities: 0, disturbed: open.size > 0 };
  }
  return gaps;
}

/** How many events lie between one activity and the next of those whose ids begin so. */
export function eventsBetween(history: readonly HistoryEvent[], prefix: string): readonly number[] {
  const places = history.flatMap(({ activityTaskScheduledEventAttributes: activity }, place) =>
    activity?.activityId?.startsWith(prefix) ? [place] : [],
  );
  return places.slice(1).map((place, turn) => place - (places[turn] ?? 0));
}

/** Events that a command of the workflow made: all but its tasks, whose number depends on what happens at the same moment. */
export function commandEvents(history: readonly HistoryEvent[]): number {
  return history.filter(
    (event) =>
      event.activityTaskScheduledEventAttributes ??
      event.timerStartedEventAttributes ??
      event.upsertWorkflowSearchAttributesEventAttributes ??
      event.markerRecordedEventAttributes,
  ).length;
}

function openedOrClosed(event: HistoryEvent): { readonly kind: 'opened' | 'closed'; readonly what: string } | null {
  const { activityTaskScheduledEventAttributes, timerStartedEventAttributes } = event;
  if (activityTaskScheduledEventAttributes) return { kind: 'opened', what: `activity ${String(event.eventId)}` };
  if (timerStartedEventAttributes) return { kind: 'opened', what: `timer ${String(timerStartedEventAttributes.timerId)}` };
  const activity =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes;
  if (activity) return { kind: 'closed', what: `activity ${String(activity.scheduledEventId)}` };
  const timer = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes;
  return timer ? { kind: 'closed', what: `timer ${String(timer.timerId)}` } : null;
}

function isMessage(event: HistoryEvent): boolean {
  return Boolean(event.workflowExecutionSignaledEventAttributes ?? event.workflowExecutionUpdateAcceptedEventAttributes);
}

function timeOf({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1e6;
}
