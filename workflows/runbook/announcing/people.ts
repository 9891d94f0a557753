import { plainMessage } from '../announcements';
import type { Gate, GateSubject } from '../step';
import { span } from '../words';
import type { Announcement } from './facts';
import { about } from './readers';

/** What waits for approval, when it begins to wait. */
export function gateOpens(gate: Gate, subject: GateSubject): Announcement {
  return {
    kind: 'gate',
    key: gateKey(gate, subject),
    title: `what waits: ${gate.title}`,
    isOld: true,
    write: (facts) =>
      plainMessage(about(facts), 'gate', `waits for approval: ${gate.title}`, [
        `Gate "${gate.title}" waits for ${gate.approvals} of ${gate.roles.join(', ')}, for ${span(gate.expires)} at most; then: ${gate.onExpiry}.`,
        ...(subject.changed.length > 0 ? [`Changed since it was approved:\n- ${subject.changed.join('\n- ')}`] : []),
        subject.shows.join('\n'),
        `analytics-deploy approve ${facts.request.deploymentId} --gate ${gate.id} --digest ${subject.digest.slice(0, 12)}`,
      ]),
  };
}

/** Gates that are open beside each other are told apart. */
function gateKey({ besides, id }: Gate, { digest }: GateSubject): string {
  return ['gate', ...(besides ? [id] : []), digest.slice(0, 12)].join('-');
}

/** A gate still waits: told when parts of its time are over. */
export function gateWaits(gate: Gate, subject: GateSubject, share: number): Announcement {
  return {
    kind: 'gate',
    key: `${gateKey(gate, subject)}-${share}`,
    title: `reminder: ${gate.title}`,
    isOld: true,
    write: (facts) =>
      plainMessage(about(facts), 'gate', `still waits for approval: ${gate.title}`, [
        `Gate "${gate.title}" still waits; ${Math.round(share * 100)} % of its time is over. Without ${gate.approvals} of ${gate.roles.join(', ')}: ${gate.onExpiry}.`,
      ]),
  };
}

/** What people are asked to attest, when it is asked for and while it is open. */
export function toBeAttested(key: string, words: string): Announcement {
  return {
    kind: 'attestation',
    key,
    title: 'what is to be attested',
    isOld: true,
    write: (facts) =>
      plainMessage(about(facts), 'attestation', 'people are asked to attest', [
        words,
        `analytics-deploy attest ${facts.request.deploymentId} --help`,
      ]),
  };
}
