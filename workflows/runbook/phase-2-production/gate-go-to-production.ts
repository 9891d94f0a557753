/** The gates before production. What is approved is the release digest; a world that changed since voids the approvals. */
import { gatesOf } from '../profiles';
import { approveMigrations, differencesOfMigrations } from './gate-contract';
import { differences, type DeploymentRequest, type Release } from '../release';
import { resolveRelease, resolveRequest } from '../resolve';
import { shortImage } from '../workload';
import type { Context, Lookup, Runner } from '../step';
import type { MigrationsState, ResolveRequest } from '../contract';
import { listOthers, othersInWords } from './other-deployments';
import { lockTarget } from './step-2.0-lock';
import { waitForWindow } from './window';

/**
 * Waits for people, for the window, and for the lock. After each of the three the release is resolved again, and migrations that people were asked
 * about are looked at again; where something has changed the gates open anew with the difference, until nothing has.
 */
export async function goToProduction(runbook: Runner, request: DeploymentRequest, resolved: Release): Promise<Context> {
  let release = resolved;
  let migrations: MigrationsState | null = null;
  let changed: readonly string[] = [];
  const lookAgain = async (step: typeof afterTheGate): Promise<readonly string[]> => {
    const again = step(release);
    const now = await runbook.look(again, resolveRequest(request, release));
    const ofMigrations = migrations && (await differencesOfMigrations(runbook, { request, release: now }, migrations, again.id));
    changed = [...differences(release, now), ...(ofMigrations ?? [])];
    release = now;
    return changed;
  };
  const isStill = async (step: typeof afterTheGate): Promise<boolean> => (await lookAgain(step)).length === 0;
  for (;;) {
    migrations = await approveAll(runbook, request, release, changed);
    if (!(await isStill(afterTheGate))) continue;
    const hasWaited = await waitForWindow(runbook, { request, release });
    if (hasWaited && !(await isStill(afterTheWindow))) continue;
    if (!(await lockTarget(runbook, { request, release }, () => lookAgain(beforeTheFirstWrite)))) continue;
    return { request, release, ...(migrations ? { migrations } : {}) };
  }
}

async function approveAll(
  runbook: Runner,
  request: DeploymentRequest,
  release: Release,
  changed: readonly string[],
): Promise<MigrationsState | null> {
  const others = await runbook.look(listOthers, { cluster: request.spec.production.cluster });
  for (const { gate, shows } of gatesOf(request)) {
    const subject = { digest: release.digest, shows: [...shows, ...whatIsApproved(release), ...othersInWords(others)], changed };
    await runbook.approve(gate, subject, { request, release });
  }
  return approveMigrations(runbook, { request, release }, changed);
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
