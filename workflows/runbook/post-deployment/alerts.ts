/** Alerts as Alertmanager pushes them between two looks. */
import type { AlertView, FollowUpView } from './follow-up';

/** Labels by name. */
export type Labels = Readonly<Record<string, string>>;

/** Whether an alert is of the release: it has all the labels that the spec names. */
export function isOurs(wanted: Labels, labels: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

/** Whether an alert says what is not known yet: one that is pushed again and again is one alert, and the end of one that nobody knew is none. */
export function isNews(known: readonly AlertView[], { fingerprint, firing }: Pick<AlertView, 'fingerprint' | 'firing'>): boolean {
  return (known.find((alert) => alert.fingerprint === fingerprint)?.firing ?? false) !== firing;
}

/** Of a push what the follow-ups take: all else would only fill their history. The end of an alert that they know is always taken. */
export function newsOf<Alert extends Pick<AlertView, 'fingerprint' | 'firing'> & { readonly labels: Labels }>(
  { listensTo, alerts }: Pick<FollowUpView, 'listensTo' | 'alerts'>,
  pushed: readonly Alert[],
): readonly Alert[] {
  const isTaken = (alert: Alert) => !alert.firing || (listensTo !== null && isOurs(listensTo, alert.labels));
  return pushed.filter((alert) => isTaken(alert) && isNews(alerts, alert));
}

/** Which alerts fire, as a line of a message; none where none does. */
export function firingWords(alerts: readonly AlertView[]): readonly string[] {
  const firing = alerts.filter((alert) => alert.firing).map(({ name }) => name);
  return firing.length > 0 ? [`Alerts that fire: ${firing.join(', ')}`] : [];
}
