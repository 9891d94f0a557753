import { plainMessage } from '../announcements';
import type { ContactLevel, ContactSpec } from '../spec';
import { span, utc } from '../words';
import type { Announcement } from './facts';
import { impactOf } from './impact';
import { about } from './readers';

/** Runbook, emergency contacts: somebody is called, as nobody before has acknowledged. `round` counts the calls of the deployment. */
export function contactIsCalled(
  level: ContactLevel | null,
  contact: Pick<ContactSpec, 'name' | 'handle'> | null,
  alarm: { readonly id: string; readonly title: string; readonly reason: string; readonly since: number },
  round: number,
): Announcement {
  const called = contact ? `${contact.handle} (${contact.name}, ${level ?? 'contact'})` : 'whoever reads this';
  return {
    kind: 'escalation',
    key: `call-${alarm.id}-${level ?? 'all'}-${round}`,
    title: 'call of a contact',
    write: (facts) =>
      plainMessage(about(facts), 'escalation', `${alarm.title} needs ${contact ? contact.name : 'somebody'}`, [
        `${called}: please look.`,
        `${alarm.title}: ${alarm.reason}`,
        `Since ${utc(alarm.since)}, for ${span(facts.now - alarm.since)}. Impact: ${impactOf(facts)}.`,
        `Say that you are at it, so that nobody else is called:\n  analytics-deploy ack ${facts.request.deploymentId}`,
      ]),
  };
}

/** Somebody is at it: those who were called before hear of it. */
export function wasAcknowledged(alarm: { readonly id: string; readonly title: string }, by: string, round: number): Announcement {
  return {
    kind: 'escalation',
    key: `ack-${alarm.id}-${round}`,
    title: 'acknowledgement',
    write: (facts) =>
      plainMessage(about(facts), 'escalation', `${by} is at it: ${alarm.title}`, [
        `${by} has acknowledged ${alarm.title}; nobody else is called for it.`,
      ]),
  };
}
