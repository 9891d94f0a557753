/** What people attest because no machine can look: the one closed list. Everything else of the runbook is measured. */
import type { AttestationSpec, Spec } from './spec';

export interface Attestation {
  readonly title: string;
  readonly when: AttestationTime;
  /** Why nobody but a person can say it. */
  readonly why: string;
}
export type AttestationTime =
  'before the gate' | 'with the watches' | 'after verification' | 'the first day' | 'the first week' | 'the first month';

export const attestations = {
  'team.development': {
    title: 'developers know the window',
    when: 'before the gate',
    why: 'a message that was delivered is not one that was read',
  },
  'team.operations': { title: 'operations is ready to watch', when: 'before the gate', why: 'readiness of people has no endpoint' },
  'team.stakeholders': {
    title: 'stakeholders know the impact',
    when: 'before the gate',
    why: 'whom the release concerns is known to people alone',
  },
  'team.rollback': {
    title: 'the way back was reviewed and tried out (where, when)',
    when: 'before the gate',
    why: 'the plan prints the way back; that somebody has read it for this release, and where and when it was tried out, only they can say',
  },
  'team.channels': {
    title: 'people can reach each other',
    when: 'before the gate',
    why: 'that people are in a channel and answer there is shown by their answer',
  },
  'window.oncall': {
    title: 'somebody is on call for the window',
    when: 'before the gate',
    why: 'a roster says who should be there, not who is',
  },
  'infrastructure.cdn': {
    title: 'invalidation of the CDN is planned',
    when: 'before the gate',
    why: 'where it is no command of the spec it is a plan of people',
  },
  'monitoring.cdn': {
    title: 'the CDN serves as before',
    when: 'with the watches',
    why: "a CDN without a metrics endpoint is looked at in its provider's own pages",
  },
  'monitoring.realtime': {
    title: 'live updates arrive without delay',
    when: 'with the watches',
    why: 'how fresh a screen looks is seen by whoever looks at it',
  },
  'business.accuracy': {
    title: 'engagement figures are right',
    when: 'after verification',
    why: 'the structure is compared; whether a figure is true is known to those who know the business',
  },
  'success.security': {
    title: 'no critical weakness came with it',
    when: 'after verification',
    why: 'a scan lists findings, a person judges which of them are critical here',
  },
  'success.features': {
    title: 'the features do what was wanted',
    when: 'after verification',
    why: 'tests show what was specified, not what was meant',
  },
  'success.experience': {
    title: 'using it is no worse than before',
    when: 'after verification',
    why: 'experience is what users report',
  },
  'success.requirements': {
    title: 'stakeholders have what they asked for',
    when: 'after verification',
    why: 'only those who asked can say so',
  },
  'success.training': { title: 'the team knows the new parts', when: 'after verification', why: 'knowledge of people has no endpoint' },
  'success.documentation': {
    title: 'documentation is up to date',
    when: 'after verification',
    why: 'that a page exists can be looked up, that it is true cannot',
  },
  'success.incidents': {
    title: 'what to do in an incident was tried out',
    when: 'after verification',
    why: 'a rehearsal is held by people',
  },
  'day.alerts': { title: 'alerts were answered in time', when: 'the first day', why: 'who worked on an alert is not in the alert' },
  'day.feedback': { title: 'feedback of users was collected', when: 'the first day', why: 'it comes by talk, tickets and mail' },
  'week.optimization': {
    title: 'what was slow in real use was looked at',
    when: 'the first week',
    why: 'what is worth improving is a decision',
  },
  'week.fixes': { title: 'defects are fixed or scheduled', when: 'the first week', why: 'what counts as a defect is decided by people' },
  'week.training': { title: 'users were shown how it works', when: 'the first week', why: 'a training is held by people' },
  'week.stakeholders': { title: 'stakeholders were heard', when: 'the first week', why: 'it is a conversation' },
  'month.adoption': {
    title: 'who uses the features was reviewed',
    when: 'the first month',
    why: 'requests are counted; what they say about adoption is judged',
  },
  'month.cost': { title: 'cost was weighed against benefit', when: 'the first month', why: 'benefit is no metric of the cluster' },
  'month.lessons': { title: 'what was learned is written down', when: 'the first month', why: 'only the people who were there know it' },
  'month.planning': { title: 'the next improvements are planned', when: 'the first month', why: 'a plan is a decision' },
} as const satisfies Readonly<Record<string, Attestation>>;
export type AttestationId = keyof typeof attestations;

export const attestationIds: readonly AttestationId[] = Object.keys(attestations) as AttestationId[];
export function isAttestation(id: string): id is AttestationId {
  return Object.hasOwn(attestations, id);
}

const afterwards: readonly AttestationTime[] = ['the first day', 'the first week', 'the first month'];

/** What becomes of one that nobody gives in time. After the deployment nothing is put back for it. */
export function expiryOf(id: AttestationId, { onExpiry }: AttestationSpec): string {
  return onExpiry === 'waive' || !afterwards.includes(attestations[id].when) ? onExpiry : notGiven;
}
export const notGiven = 'listed as not given';

/** Who answers for an attestation and until when; null where the spec does not ask for it, or has switched it off. */
export function askedOf(id: AttestationId, spec: Pick<Spec, 'attestations' | 'off'>): AttestationSpec | null {
  return Object.hasOwn(spec.off, id) ? null : (spec.attestations?.[id] ?? null);
}
