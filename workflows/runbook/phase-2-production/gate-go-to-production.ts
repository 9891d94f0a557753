/** The gate before production. What is approved is the release digest; a world that changed since voids the approval. */
import { differences, type DeploymentRequest, type Release } from '../release';
import { resolveRelease, resolveRequest } from '../resolve';
import { shortImage } from '../workload';
import type { Gate, Lookup, Runner } from '../step';
import type { ResolveRequest } from '../contract';

/** Waits for people, resolves the release again, and opens anew with the difference until nothing has changed. */
export async function goToProduction(runbook: Runner, request: DeploymentRequest, resolved: Release): Promise<Release> {
  let release = resolved;
  let changed: readonly string[] = [];
  for (;;) {
    await runbook.approve(
      productionGate(request),
      { digest: release.digest, shows: whatIsApproved(release), changed },
      { request, release },
    );
    const now = await runbook.look(resolveAgain(release), resolveRequest(request, release));
    changed = differences(release, now);
    release = now;
    if (changed.length === 0) return release;
  }
}

function productionGate({ spec }: DeploymentRequest): Gate {
  return { kind: 'gate', id: 'production', title: 'go to production', ...spec.gates.production };
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
function resolveAgain(approved: Release): Lookup<ResolveRequest, Release> {
  return { ...resolveRelease, id: 'gate.resolve', title: 'resolve the release again', planned: () => approved };
}
