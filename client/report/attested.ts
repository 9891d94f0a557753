import type { AttestationPart } from '../../workflows/runbook/report/attested';
import { moment, type Block, type Tone } from './blocks';

const tones: Readonly<Record<AttestationPart['state'], Tone>> = {
  open: 'plain',
  attested: 'good',
  waived: 'warn',
  expired: 'bad',
  closed: 'plain',
};

/** What people were asked to attest, and what they said. */
export function attestationTable(asked: readonly AttestationPart[]): Block {
  return {
    kind: 'table',
    columns: ['attestation', 'what', 'owner', 'state', 'by', 'when', 'note'],
    rows: asked.map(({ id, title, owner, state, by, at, note, until, dueAt, onExpiry }) => ({
      cells: [
        { code: id },
        title,
        owner,
        { state: tones[state], text: state },
        by ?? '',
        at === null ? `until ${moment(dueAt)}, then ${onExpiry}` : moment(at),
        until === null ? note : `${note} (until ${moment(until)})`.trim(),
      ],
    })),
  };
}
