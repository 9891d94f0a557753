import type { GateView } from '../../workflows/runbook/view';
import { asStated } from '../identity';
import { beside, commandLines, paint, wrap, type Look } from './look';
import { shortDigest, span, timeOfDay } from './words';

export interface GateScreen {
  readonly gate: GateView;
  readonly deploymentId: string;
  readonly requester: string;
}

/** Everything that an approver needs: what, who, until when, and the line that a colleague can paste. */
export function gateLines(look: Look, screen: GateScreen, now: number): readonly string[] {
  const { gate, requester } = screen;
  const fact = (name: string, text: string) => beside(`   ${name.padEnd(15)}`, text, look.width);
  const approved = gate.approved.map(({ by, at, comment }) => `${by} at ${timeOfDay(at, now)}${comment ? ` "${comment}"` : ''}`);
  const left = gate.expiresAt - now;
  return [
    paint(look, 'strong', `Waiting for approval: ${gate.title} (${gate.approved.length} of ${gate.approvals})`),
    ...gate.shows.flatMap((line, place) => fact(place === 0 ? 'approves' : '', line)),
    ...fact('digest', shortDigest(gate.digest)),
    ...gate.changed.flatMap((line, place) => fact(place === 0 ? 'CHANGED since' : '', line)),
    ...fact('asked by', requester),
    ...fact('approved by', approved.length > 0 ? approved.join(', ') : 'nobody yet'),
    ...fact(
      'may approve',
      gate.candidates.length > 0 ? gate.candidates.join(', ') : `nobody holds ${gate.roles.join(' or ')}: see "roles" in the spec`,
    ),
    ...fact('expires', `${timeOfDay(gate.expiresAt, now)}${left > 0 ? `, in ${span(left)}` : ''}: then ${gate.onExpiry}`),
    ...wrap(`A colleague pastes (${asStated}):`, look.width - 3).map((line) => `   ${line}`),
    ...[approveCommand(screen), rejectCommand(screen)]
      .flatMap((command) => commandLines(command, 5, look.width))
      .map((line) => paint(look, 'accent', line)),
  ];
}

export function approveCommand({ gate, deploymentId }: Pick<GateScreen, 'gate' | 'deploymentId'>): string {
  return `analytics-deploy approve ${deploymentId} --gate ${gate.id} --digest ${shortDigest(gate.digest)}`;
}
function rejectCommand({ gate, deploymentId }: GateScreen): string {
  return approveCommand({ gate, deploymentId }).replace(' approve ', ' reject ');
}
