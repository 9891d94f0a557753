import { defaultPayloadConverter, fromPayloadsAtIndex } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { messageNames, searchAttributes } from '../../workflows/messages';
import type { Happened, HappenedStep } from '../../workflows/runbook/report/from-history';
import type { Decision } from '../../workflows/runbook/view';
import { milliseconds } from './read';

type Event = temporal.api.history.v1.IHistoryEvent;
type Payloads = readonly temporal.api.common.v1.IPayload[] | null | undefined;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Activities that are not the runbook's steps: their ids begin with these. */
const beside = ['notice.', 'release', 'report', 'undo.'];

/** Reads what happened from the events alone: for a deployment that does not answer, or that left no report. */
export function happenedIn(events: readonly Event[]): Happened {
  const activities = new Map<string, Writable<HappenedStep> & { readonly summary: string }>();
  const decisions: Decision[] = [];
  const standing: Record<string, unknown> = {};
  for (const event of events) {
    const at = milliseconds(event.eventTime) ?? 0;
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const summary = textOf([event.userMetadata?.summary]);
      activities.set(String(event.eventId), {
        id: scheduled.activityId ?? '',
        state: 'running',
        startedAt: at,
        endedAt: null,
        note: '',
        summary,
      });
    }
    const end = endOf(event);
    const activity = end && activities.get(end.of);
    if (activity) Object.assign(activity, { state: end.state, endedAt: at, note: end.note });
    const decision = decisionOf(event, at);
    if (decision) decisions.push(decision);
    Object.assign(standing, standingOf(event));
  }
  const all = [...activities.values()];
  const [phase, share] = [standing['phase'] ?? standing[searchAttributes.phase], standing['weight'] ?? standing[searchAttributes.weight]];
  return {
    steps: all.filter(({ id }) => !beside.some((name) => id.startsWith(name))).map(({ summary: _, ...step }) => step),
    decisions,
    undone: all
      .filter(({ id, state }) => id.startsWith('undo.') && state === 'done')
      .map(({ id, summary }) => ({ subject: id.slice('undo.'.length), title: summary.replace(/^undo: /, ''), note: 'done' })),
    ...(typeof phase === 'string' ? { phase } : {}),
    ...(typeof share === 'number' ? { share } : {}),
  };
}

interface End {
  /** Event that scheduled it. */
  readonly of: string;
  readonly state: 'done' | 'failed';
  readonly note: string;
}

function endOf({
  activityTaskCompletedEventAttributes: completed,
  activityTaskFailedEventAttributes: failed,
  activityTaskTimedOutEventAttributes: timedOut,
  activityTaskCanceledEventAttributes: cancelled,
}: Event): End | null {
  if (completed) return { of: String(completed.scheduledEventId), state: 'done', note: '' };
  if (cancelled) return { of: String(cancelled.scheduledEventId), state: 'failed', note: 'stopped' };
  const wrong = failed ?? timedOut;
  if (!wrong) return null;
  const { cause, message } = wrong.failure ?? {};
  return { of: String(wrong.scheduledEventId), state: 'failed', note: cause?.message ?? message ?? '' };
}

/** A message of a person, as update or as signal. */
function decisionOf(
  { workflowExecutionUpdateAcceptedEventAttributes: accepted, workflowExecutionSignaledEventAttributes: signaled }: Event,
  at: number,
): Decision | null {
  const input = accepted?.acceptedRequest?.input;
  const what = input?.name ?? signaled?.signalName;
  if (!what || !(messageNames as readonly string[]).includes(what)) return null;
  const message = read((input?.args ?? signaled?.input)?.payloads);
  const text = (key: string): string => {
    const value = typeof message === 'object' && message !== null ? (message as Readonly<Record<string, unknown>>)[key] : undefined;
    return typeof value === 'string' ? value : '';
  };
  const on = text('gate') ? `gate ${text('gate')} ${text('digest').slice(0, 12)}` : text('step') || 'deployment';
  return { what, by: text('by') || 'somebody unknown', at, comment: text('comment'), on: signaled ? `${on} (as sent)` : on };
}

/** Phase, status and share as the deployment tells Temporal: as search attributes, or in the memo. */
function standingOf({
  upsertWorkflowSearchAttributesEventAttributes: attributes,
  workflowPropertiesModifiedEventAttributes: properties,
}: Event): Readonly<Record<string, unknown>> {
  const fields = attributes?.searchAttributes?.indexedFields ?? properties?.upsertedMemo?.fields ?? {};
  return Object.fromEntries(Object.entries(fields).map(([name, payload]) => [name, read([payload])]));
}

function textOf(payloads: readonly (temporal.api.common.v1.IPayload | null | undefined)[]): string {
  const value = read(payloads.flatMap((payload) => payload ?? []));
  return typeof value === 'string' ? value : '';
}

/** Anybody can have sent anything: what cannot be read is as if it were not there. */
function read(payloads: Payloads): unknown {
  if (!payloads?.length) return undefined;
  try {
    return fromPayloadsAtIndex<unknown>(defaultPayloadConverter, 0, [...payloads]);
  } catch {
    return undefined;
  }
}
