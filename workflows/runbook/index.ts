import { phase1 } from './phase-1-staging';
import { goToProduction, phase2, window } from './phase-2-production';
import { checklist, team } from './pre-deployment';
import type { DeploymentRequest } from './release';
import { resolveRelease, resolveRequest } from './resolve';
import type { Runner, Section } from './step';

/** Every section of the runbook, in its order. */
export const sections: readonly Section[] = [checklist, ...phase1, team, window, ...phase2];

/** The deployment runbook, written once. The Temporal runner performs it; the planning runner takes notes. */
export async function deployment(runbook: Runner, request: DeploymentRequest): Promise<void> {
  const resolved = await runbook.look(resolveRelease, resolveRequest(request));
  for (const section of [checklist, ...phase1, team]) await runbook.section(section, { request, release: resolved });
  const release = await goToProduction(runbook, request, resolved);
  for (const section of phase2) await runbook.section(section, { request, release });
}
