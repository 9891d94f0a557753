import type { AttestationView } from '../../workflows/runbook/view';
import { beside, commandLines, mark, paint, type Look } from './look';
import { span, timeOfDay } from './words';

/** What people are asked to attest: who, until when, what happens then, and the command to paste. Settled ones are told by their rows. */
export function attestationLines(
  look: Look,
  deploymentId: string,
  attestations: readonly AttestationView[],
  now: number,
  compact: boolean,
): readonly string[] {
  const open = attestations.filter(({ state }) => state === 'open');
  if (open.length === 0) return [];
  return [
    paint(look, 'warn', `To be attested, ${open.length} of ${attestations.length}:`),
    ...open.flatMap(({ id, title, owner, people, dueAt, onExpiry }) => [
      ...beside(
        `   ${mark(look, 'pending')} `,
        `${title}: ${people.join(' or ')} (${owner}), until ${timeOfDay(dueAt, now)}, in ${span(Math.max(0, dueAt - now))}, then ${onExpiry}`,
        look.width,
      ),
      ...(compact ? [] : command(look, deploymentId, id)),
    ]),
    ...(compact ? command(look, deploymentId, open[0]?.id ?? '') : []),
  ];
}

/** What an owner types. */
export function attestCommand(deploymentId: string, id: string): string {
  return `analytics-deploy attest ${deploymentId} --item ${id}`;
}

function command(look: Look, deploymentId: string, id: string): readonly string[] {
  return commandLines(attestCommand(deploymentId, id), 5, look.width).map((line) => paint(look, 'accent', line));
}
