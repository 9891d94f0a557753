import type { CoveredRisk } from '../runbook/risks';
import { beside, paint, type Look } from './look';
import { nameOf } from './runbook';

/** Each risk of the runbook, and what covers it in this deployment. */
export function riskLines(look: Look, risks: readonly CoveredRisk[]): readonly string[] {
  return [
    paint(look, 'strong', 'Risks and what covers them'),
    ...risks.flatMap(({ title, when, by }) => [
      ...beside(' ', `${title} (${when})`, look.width),
      ...by.flatMap((standing) => beside('     ', `${nameOf(standing)}: ${standing.words ?? 'does not exist'}`, look.width)),
    ]),
  ];
}
