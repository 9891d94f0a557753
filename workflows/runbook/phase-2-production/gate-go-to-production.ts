/** The gates before production. What is approved is the release digest; a world that changed since voids the approvals. */
import { gatesOf } from '../profiles';
import { approveMigrations } from './gate-contract';
import { differences, type DeploymentRequest, type Release } from '../release';
import { resolveRelease, resolveRequest } from '../resolve';
import { shortImage } from '../workload';
import type { Lookup, Runner } from '../step';
import type { ResolveRequest } from '../contract';
import { listOthers, othersInWords } from './other-deployments';
import { lockTarget } from './step-2.0-lock';
import { waitForWindow } from './window';

/**
 * Waits for people, for the window, and for the lock. After each of the three the release is resolved again; where something has changed the gates
 * open anew with the difference, until nothing has.
 */
export async function goToProduction(runbook: Runner, request: DeploymentRequest, resolved: Release): Promise<Release> {
  let release = resolved;
  let changed: readonly string[] = [];
  const lookAgain = async (step: typeof afterTheGate): Promise<readonly string[]> => {
    const now = await runbook.look(step(release), resolveRequest(request, release));
    changed = differences(release, now);
    release = now;
    return changed;
  };
  const isStill = async (step: typeof afterTheGate): Promise<boolean> => (await lookAgain(step)).length === 0;
  for (;;) {
    await approveAll(runbook, request, release, changed);
    if (!(await isStill(afterTheGate))) continue;
    const hasWaited = await waitForWindow(runbook, { request, release });
    if (hasWaited && !(await isStill(afterTheWindow))) continue;
    if (await lockTarget(runbook, { request, release }, () => lookAgain(beforeTheFirstWrite))) return release;
  }
}

async function approveAll(runbook: Runner, request: DeploymentRequest, release: Release, changed: readonly string[]): Promise<void> {
  const others = await runbook.look(listOthers, { cluster: request.spec.production.cluster });
  for (const { gate, shows } of gatesOf(request)) {
    const subject = { digest: release.digest, shows: [...shows, ...whatIsApproved(release), ...othersInWords(others)], changed };
    await runbook.approve(gate, subject, { request, release });
  }
  await approveMigrations(runbook, { request, release });
}

function whatIsApproved({ version, image, live, candidate, flags }: Release): readonly string[] {
  return [
    `${version} as ${image}`,
    `candidate ${candidate.colour}: ${shortImage(candidate.image)} → ${shortImage(image)}, as many replicas as live: now ${live.replicas}`,
    `live ${live.colour}: ${shortImage(live.image)}`,
    ...(flags
      ? [
          `flags ${Object.entries(flags.data)
            .map(([name, value]) => `${name}=${value}`)
            .join(' ')}`,
        ]
      : []),
  ];
}

/** The plan knows of no change, so that its gate closes at the first look. */
function afterTheGate(approved: Release): Lookup<ResolveRequest, Release> {
  return { ...resolveRelease, id: 'gate.resolve', title: 'resolve the release again', planned: () => approved };
}

/** Hours or days later. */
function afterTheWindow(approved: Release): Lookup<ResolveRequest, Release> {
  return { ...afterTheGate(approved), id: 'window.resolve', title: 'resolve the release after the wait' };
}

/** Another deployment has had the lock, or people were waited for. */
function beforeTheFirstWrite(approved: Release): Lookup<ResolveRequest, Release> {
  return { ...afterTheGate(approved), id: 'gate.resolve-last', title: 'resolve the release before the first write', section: 'gate' };
}
