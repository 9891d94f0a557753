import { condition } from '@temporalio/workflow';
import type { OpenAttestation } from './desk-state';
import { askedOf, attestations, type AttestationId } from './runbook/attestations';
import type { Spec } from './runbook/spec';
import { openingInWords, type Opening } from './runbook/windows';
import { utc } from './runbook/words';

/** What people are asked to attest, with what the wait for it needs. */
export interface Asked {
  readonly attestation: OpenAttestation;
  /** When the owners are reminded, oldest first: epoch milliseconds. */
  readonly reminders: readonly number[];
}

/**
 * Asks for attestations: those of `ids` that the spec asks for and that are not settled already. Nothing is awaited and nobody is told yet.
 *
 * @param onExpiry the outcome of those that nobody attests, where it is not the spec's own.
 * @param window in which production is foreseen: whoever is on call says so for that one.
 */
export function askFor(
  ids: readonly AttestationId[],
  spec: Pick<Spec, 'attestations' | 'off' | 'roles'>,
  { onExpiry, window = () => null }: { readonly onExpiry?: 'rollback'; readonly window?: () => Opening | null } = {},
): readonly Asked[] {
  const openedAt = Date.now();
  return ids.flatMap((id) => {
    const asked = askedOf(id, spec);
    if (asked === null) return [];
    const { owner, within, remind } = asked;
    return [
      {
        attestation: {
          ...{ id, title: titleOf(id, window), owner, people: spec.roles[owner] ?? [] },
          ...{ state: 'open', openedAt, dueAt: openedAt + within, onExpiry: onExpiry ?? asked.onExpiry },
          ...{ by: null, at: null, note: '', until: null },
        },
        reminders: remind.map((share) => openedAt + share * within).sort((a, b) => a - b),
      },
    ];
  });
}

function titleOf(id: AttestationId, window: () => Opening | null): string {
  const { title } = attestations[id];
  const opening = id === 'window.oncall' ? window() : null;
  return opening ? `${title} ${openingInWords(opening)}, as foreseen` : title;
}

/**
 * Waits until each is attested, waived or expired. A timer for the next moment that matters is all that it costs: what people say meanwhile
 * starts none anew.
 *
 * @param told hears of each as it is settled, and of those whose time for a reminder has come.
 */
export async function awaitAttestations(
  asked: readonly Asked[],
  told: { readonly settled: (attestation: OpenAttestation) => void; readonly late: (open: readonly OpenAttestation[]) => void },
): Promise<void> {
  const follow = asked.map(async ({ attestation }) => {
    await condition(() => attestation.state !== 'open');
    told.settled(attestation);
  });
  try {
    await Promise.all([...follow, keepTime(asked, told.late)]);
  } finally {
    for (const { attestation } of asked) if (attestation.state === 'open') attestation.state = 'closed';
  }
}

async function keepTime(asked: readonly Asked[], late: (open: readonly OpenAttestation[]) => void): Promise<void> {
  for (;;) {
    const before = Date.now();
    const open = asked.filter(({ attestation }) => attestation.state === 'open');
    const moments = open.flatMap(({ attestation, reminders }) => [...reminders, attestation.dueAt]).filter((moment) => moment > before);
    if (moments.length === 0) return;
    const ids = open.map(({ attestation }) => attestation.id);
    const names = ids.length > 3 ? `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more` : ids.join(', ');
    const isSettled = () => asked.every(({ attestation }) => attestation.state !== 'open');
    if (await condition(isSettled, Math.min(...moments) - before, { summary: `waiting for attestations: ${names}` })) return;
    const now = Date.now();
    for (const { attestation } of open) if (attestation.state === 'open' && attestation.dueAt <= now) expire(attestation);
    const due = open.filter(
      ({ attestation, reminders }) => attestation.state === 'open' && reminders.some((moment) => moment > before && moment <= now),
    );
    if (due.length > 0) late(due.map(({ attestation }) => attestation));
  }
}

/** Nobody has said it in time: never an attestation. */
export function expire(attestation: OpenAttestation): void {
  attestation.state = attestation.onExpiry === 'waive' ? 'waived' : 'expired';
  attestation.at = attestation.dueAt;
  attestation.note = 'nobody attested it in time';
}

/** Its waiver has ended and counts as none: it is asked for anew, from now on and for as long as at first. */
export function askAgain(attestation: OpenAttestation): void {
  const { openedAt, dueAt, by } = attestation;
  const now = Date.now();
  Object.assign(attestation, {
    ...{ state: 'open', openedAt: now, dueAt: now + (dueAt - openedAt) },
    ...{ by: null, at: null, note: `the waiver of ${by ?? 'nobody'} has ended`, until: null },
  });
}

/** Who is asked for what, in a notice. */
export function askedWords({ id, title, owner, people, dueAt, onExpiry }: OpenAttestation): string {
  return `${id} (${title}) by ${owner}: ${people.join(', ')}, until ${utc(dueAt)}, then ${onExpiry}`;
}
