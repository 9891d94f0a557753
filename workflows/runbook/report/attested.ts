/** What people were asked to attest, and what they said: by the deployment, and later by its follow-ups. */
import type { AttestationView } from '../view';
import { moment, type Moment } from './moment';

export interface AttestationPart extends Pick<AttestationView, 'id' | 'title' | 'owner' | 'state' | 'by' | 'note' | 'onExpiry'> {
  readonly dueAt: Moment;
  readonly at: Moment | null;
  /** When its waiver ends. */
  readonly until: Moment | null;
}

export function attestationPart({ id, title, owner, state, by, note, onExpiry, dueAt, at, until }: AttestationView): AttestationPart {
  return {
    id,
    title,
    owner,
    state,
    by,
    note,
    onExpiry,
    dueAt: moment(dueAt),
    at: at === null ? null : moment(at),
    until: until === null ? null : moment(until),
  };
}
