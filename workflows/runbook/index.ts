import { begins, isLive, isPerformed, phaseIsDone, type Part } from './announcing';
import { phase1 } from './phase-1-staging';
import { afterwards, goToProduction, lock, phase2, window } from './phase-2-production';
import { postDeployment } from './post-deployment';
import { checklist, team } from './pre-deployment';
import type { DeploymentRequest } from './release';
import { resolveRelease, resolveRequest } from './resolve';
import { rollback, rollbackSections } from './rollback';
import type { Releases } from './rollback/released';
import type { Context, Runner, Section } from './step';
import type { Spec } from './spec';

/** The parts of the runbook, in its order: people are told after each. */
const before: Part = { title: 'checklist', sections: [checklist] };
const staging: Part = { title: 'phase 1: staging', sections: [...phase1, team] };
const production: Part = { title: 'phase 2: production', sections: [window, lock, ...phase2, ...afterwards, ...postDeployment] };
const parts = [before, staging, production] as const;

/** Every section of the runbook, in its order; those of the rollback ladder last. */
export const sections: readonly Section[] = [
  ...new Set([...parts.flatMap((part): readonly Section[] => part.sections), ...rollbackSections]),
];

/** What a request asks for: a deployment, or the rollback of one. */
export function performRequest(runbook: Runner, request: DeploymentRequest): Promise<void> {
  return request.rollback ? rollback(runbook, request, request.rollback) : deployment(runbook, request);
}

/** The deployment runbook, written once. The Temporal runner performs it; the planning runner takes notes. */
export async function deployment(runbook: Runner, request: DeploymentRequest): Promise<void> {
  const resolved = await runbook.look(resolveRelease, resolveRequest(request));
  await runbook.announce(begins());
  await perform(runbook, before.sections, { request, release: resolved });
  await tellStatus(runbook, request, before, () => 'staging');
  await perform(runbook, staging.sections, { request, release: resolved });
  await tellStatus(runbook, request, staging, ({ gates }) => `production, after ${gates.production.approvals} approvals`);
  const approved = await goToProduction(runbook, request, resolved);
  await perform(runbook, phase2, approved);
  await runbook.announce(isLive([lock, ...phase2]));
  await perform(runbook, [...afterwards, ...postDeployment], approved);
  runbook.releases(found(approved));
  await tellStatus(runbook, request, production, () => 'nothing: the deployment is complete');
}

async function perform(runbook: Runner, part: readonly Section[], context: Context): Promise<void> {
  for (const section of part) await runbook.section(section, context);
}

async function tellStatus(runbook: Runner, { spec }: DeploymentRequest, part: Part, next: (spec: Spec) => string): Promise<void> {
  if (isPerformed(part, spec)) await runbook.announce(phaseIsDone(part, parts, next));
}

/** What a rollback may go back to later: the release, and what served until now. */
function found({ request: { spec }, release: { live, candidate, image, version } }: Context): Releases {
  return {
    healthy: [
      { deployment: live.deployment, image: live.image, version: null },
      { deployment: candidate.deployment, image, version },
    ],
    withdrawn: [],
    container: spec.image.container,
    ...(spec.flags ? { flagsPrefix: spec.flags.configMap } : {}),
  };
}
