/** Rung flags after the commit point: the live colour gets the declared safe values by a rolling update, the one time that its pods restart. */
import { createFlags } from '../phase-2-production/step-2.1-feature-flags';
import { verifyPodConfig } from '../phase-2-production/step-2.2-blue-green';
import type { Context, Gate, GateSubject, Runner, Section } from '../step';
import type { DeploymentRequest, NamedFlags, Release } from '../release';
import { awaitRollout, imageByHand, setImage } from '../workload';

export const setFlags = setImage('rollback.flags', 'set the safe flags', {
  ifItFails: 'ask',
  rank: 'workload',
  production: true,
  byHand: imageByHand,
});

export const flagsRollout = awaitRollout('rollback.flags-rollout', 'rolling update with the safe flags');

export const safeFlags: Section = {
  id: 'rollback.flags',
  title: 'flags to their safe values',
  phase: 'rollback',
  async run(runbook, context) {
    const { release, request } = context;
    const { spec } = request;
    if (!release.flags) return;
    await changeFlags(runbook, context, release.flags, release.candidate.replicas);
    const watch = spec.rollback.flags?.watch ?? 0;
    if (watch === 0) return;
    await runbook.watch(
      { kind: 'watch', id: 'rollback.flags-watch', title: 'watch with the safe flags', window: watch, share: 100 },
      context,
    );
  },
};

/** A new ConfigMap, and the reference to it in the colour that is the candidate of this context; its other fields stay. `replicas`: those that it had. */
export async function changeFlags(runbook: Runner, context: Context, flags: NamedFlags, replicas: number): Promise<void> {
  const { release, request } = context;
  const { production, image, flags: declared } = request.spec;
  const place = { cluster: production.cluster, namespace: production.namespace };
  const target = {
    ...place,
    deployment: release.candidate.deployment,
    container: image.container,
    ...(declared ? { flagsPrefix: declared.configMap } : {}),
  };
  await runbook.change(
    { ...createFlags, id: 'rollback.flags-configmap', notes: [] },
    { ...place, name: flags.configMap, data: flags.data },
  );
  await runbook.change(setFlags, {
    ...target,
    image: release.image,
    // Said for the undo: going forward nobody's replicas are set.
    ...(production.traffic.mechanism === 'replicas' ? {} : { replicas, replicasStay: true as const }),
    flagsConfigMap: flags.configMap,
  });
  const deadline = production.rollout.deadline;
  await runbook.check(flagsRollout, { ...target, image: release.image, deadline });
  await runbook.check({ ...verifyPodConfig, id: 'rollback.flags-pods' }, { ...target, flagsConfigMap: flags.configMap });
}

/** Restarting what serves is approved for exactly these flags. */
export function flagsGate({ spec }: DeploymentRequest): Gate {
  const gate = spec.rollback.flags?.gate ?? { ...spec.gates.production, approvals: 1 };
  return { kind: 'gate', id: 'flags', title: 'restart the live colour with the safe flags', ...gate };
}

/** What is shown at that gate. */
export function flagsSubject({ digest, candidate, flags, version }: Release, { spec }: DeploymentRequest): Omit<GateSubject, 'changed'> {
  const safe = Object.entries(spec.rollback.flags?.values ?? {}).map(([name, value]) => `${name}=${value}`);
  return {
    digest,
    shows: [
      `${candidate.colour} (${version}) serves everything: its ${candidate.replicas} pods restart one after another`,
      `flags ${safe.join(' ')}, as configmap ${flags?.configMap ?? '(none)'}`,
    ],
  };
}
