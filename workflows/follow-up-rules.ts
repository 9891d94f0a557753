import { attest, waive, type ItemState } from './item-rules';
import { ALERTMANAGER, type AlertMessage, type FollowUpMessageName, type FollowUpMessages, type Message } from './messages';
import { longest, textIn, type Heard, type Rule } from './reception';
import { isNews, isOurs, type Labels } from './runbook/post-deployment/alerts';
import type { AlertView } from './runbook/post-deployment/follow-up';
import type { Writable } from './writable';

/** What people and Alertmanager may change of the follow-ups: every handler reads and writes only this. */
export interface FollowUpDesk extends Heard, ItemState {
  /** Labels that an alert must have to be this release's; null where the spec has no alerts. */
  readonly alertsOf: Labels | null;
  readonly alerts: Writable<AlertView>[];
  /** Alerts that nobody was told of yet. */
  readonly unheard: AlertView[];
  stopped: { readonly by: string; readonly reason: string } | null;
}

/** Alerts that are kept in mind; the oldest that have ended go first. */
const mostAlerts = 50;

export const followUpRules: { readonly [Name in FollowUpMessageName]: Rule<FollowUpDesk, FollowUpMessages[Name]> } = {
  stop: {
    description: 'End the follow-ups of a deployment. Nothing of the release is changed. Input: { by, comment?, requestId }',
    refuses: () => null,
    takes(desk, { by, comment }) {
      if (desk.stopped) return { answer: 'Already stopping.', decision: null };
      desk.stopped = { by, reason: `Stopped by ${by}${comment?.trim() ? `: ${comment.trim()}` : ''}.` };
      return { answer: 'The follow-ups end. The release stays as it is.', decision: 'follow-ups' };
    },
  },
  // What people attest and waive is the same whoever asks for it.
  attest,
  waive,
  alert: {
    description:
      'Tell of alerts, as Alertmanager pushes them. Input: { alerts: [{ name, firing, summary?, fingerprint?, labels? }], by, requestId }',
    refuses: ({ alertsOf }, { by }) => (alertsOf || by !== ALERTMANAGER ? null : 'Not taken: the spec has no followUps.alerts.'),
    takes(desk, { alerts, by }) {
      // A person means this release, whatever the labels.
      const ours = by === ALERTMANAGER ? alerts.filter(({ labels }) => isOurs(desk.alertsOf ?? {}, labels)) : alerts;
      const before = desk.unheard.length;
      for (const alert of ours) hear(desk, alert, by);
      const then = desk.unheard.length > before ? ' People are told, and the release is looked at.' : '';
      const decision = by === ALERTMANAGER || ours.length === 0 ? null : `alert ${ours.map(({ name }) => name).join(', ')}`;
      return { answer: `${ours.length} of ${alerts.length} alerts are this release's.${then}`, decision };
    },
  },
};

function hear(desk: FollowUpDesk, { name, summary, fingerprint, firing }: AlertMessage['alerts'][number], by: string): void {
  if (!isNews(desk.alerts, { fingerprint, firing })) return;
  const known = desk.alerts.find((alert) => alert.fingerprint === fingerprint);
  const alert = { name, summary, fingerprint, firing, at: Date.now(), ...(by === ALERTMANAGER ? {} : { by }) };
  if (known) Object.assign(known, alert);
  else desk.alerts.push(alert);
  if (desk.alerts.length > mostAlerts)
    desk.alerts.splice(
      Math.max(
        0,
        desk.alerts.findIndex((kept) => !kept.firing),
      ),
      1,
    );
  if (firing && desk.unheard.length < mostAlerts) desk.unheard.push(alert);
}

/** Most alerts of one push that are read. */
const mostPushed = 50;
const longestLabel = 200;

/** Reads whatever was sent; never throws. */
export function readFollowUpMessage<Name extends FollowUpMessageName>(name: Name, sent: unknown): FollowUpMessages[Name] {
  const common: Message = {
    by: textIn(sent, 'by', longest.name) || (name === 'stop' ? 'somebody unknown' : ''),
    comment: textIn(sent, 'comment', longest.comment),
    requestId: textIn(sent, 'requestId', longest.name),
  };
  return {
    ...common,
    item: textIn(sent, 'item', longest.name),
    until: textIn(sent, 'until', longest.name),
    alerts: listIn(sent, 'alerts').slice(0, mostPushed).map(readAlert),
  };
}

function readAlert(sent: unknown): AlertMessage['alerts'][number] {
  const labels = textsIn(sent, 'labels');
  const name = textIn(sent, 'name', longestLabel) || 'an alert without a name';
  return {
    name,
    summary: textIn(sent, 'summary', longestLabel),
    fingerprint: textIn(sent, 'fingerprint', longestLabel) || name,
    firing: isGiven(sent) && sent['firing'] === true,
    labels,
  };
}

const isGiven = (sent: unknown): sent is Readonly<Record<string, unknown>> => typeof sent === 'object' && sent !== null;
const listIn = (sent: unknown, key: string): readonly unknown[] =>
  isGiven(sent) && Array.isArray(sent[key]) ? (sent[key] as readonly unknown[]) : [];

function textsIn(sent: unknown, key: string): Readonly<Record<string, string>> {
  const given = isGiven(sent) ? sent[key] : null;
  if (!isGiven(given)) return {};
  return Object.fromEntries(
    Object.keys(given)
      .slice(0, mostPushed)
      .map((label) => [label.slice(0, longestLabel), textIn(given, label, longestLabel)]),
  );
}
