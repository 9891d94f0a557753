import { stillToApprove, type GateView } from '../../workflows/runbook/view';
import { asStated } from '../identity';
import { beside, commandLines, paint, wrap, type Look } from './look';
import { shortDigest, span, timeOfDay } from './words';

export interface GateScreen {
  readonly gate: GateView;
  readonly deploymentId: string;
  readonly requester: string;
  readonly waivers: readonly string[];
}

/** Everything that an approver needs: what, who, until when, and the line that a colleague can paste; `compact` for few lines. */
export function gateLines(look: Look, screen: GateScreen, now: number, compact = false): readonly string[] {
  const { gate, requester, waivers } = screen;
  const fact = (name: string, text: string) => beside(`   ${name.padEnd(15)}`, text, look.width);
  const approved = gate.approved.map(({ by, at, comment }) => `${by} at ${timeOfDay(at, now)}${comment ? ` "${comment}"` : ''}`);
  const candidates = stillToApprove(gate);
  const left = gate.expiresAt - now;
  return [
    paint(look, 'strong', `Waiting for approval: ${gate.title} (${gate.approved.length} of ${gate.approvals})`),
    ...gate.shows.flatMap((line, place) => inShort(fact(place === 0 ? 'approves' : '', line), compact)),
    ...fact('digest', shortDigest(gate.digest)),
    ...gate.changed.flatMap((line, place) => fact(place === 0 ? 'CHANGED since' : '', line)),
    ...waivers.flatMap((line, place) => fact(place === 0 ? 'SKIPPED' : '', line)),
    ...fact('asked by', requester),
    ...fact('approved by', approved.length > 0 ? approved.join(', ') : 'nobody yet'),
    ...fact(
      'may approve',
      candidates.length > 0 ? candidates.join(', ') : `nobody holds ${gate.roles.join(' or ')}: see "roles" in the spec`,
    ),
    ...fact('expires', `${timeOfDay(gate.expiresAt, now)}${left > 0 ? `, in ${span(left)}` : ''}: then ${gate.onExpiry}`),
    ...(compact ? [] : wrap(`A colleague pastes (${asStated}):`, look.width - 3).map((line) => `   ${line}`)),
    ...[approveCommand(screen), ...(compact ? [] : [rejectCommand(screen)])]
      .flatMap((command) => commandLines(command, 5, look.width))
      .map((line) => paint(look, 'accent', line)),
  ];
}

/** Two lines of a fact, where there is no room for more: `status` shows it whole. */
function inShort(lines: readonly string[], compact: boolean): readonly string[] {
  return compact && lines.length > 2 ? [...lines.slice(0, 1), `${lines[1] ?? ''} …`] : lines;
}

export function approveCommand({ gate, deploymentId }: Pick<GateScreen, 'gate' | 'deploymentId'>): string {
  return `analytics-deploy approve ${deploymentId} --gate ${gate.id} --digest ${shortDigest(gate.digest)}`;
}
function rejectCommand({ gate, deploymentId }: GateScreen): string {
  return approveCommand({ gate, deploymentId }).replace(' approve ', ' reject ');
}
