/** Runbook, phase 2, step 2.2: the candidate colour gets image, flags and capacity, then the initial share and a watch. */
import type { PodConfigReceipt, PodConfigRequest } from '../contract';
import type { Check, Section } from '../step';
import { imageByHand, setImage, awaitRollout } from '../workload';
import { raiseMinimums } from './autoscalers';
import { moveSelector, selectorChange } from './selector';
import { moveTraffic, servedShare } from './traffic';

export const prepareCandidate = setImage('2.2.candidate', 'set up the candidate', {
  ifItFails: 'ask',
  rank: 'workload',
  production: true,
  byHand: imageByHand,
});

export const awaitCandidate = awaitRollout('2.2.rollout', 'candidate rollout');

export const verifyPodConfig: Check<PodConfigRequest, PodConfigReceipt> = {
  kind: 'check',
  id: '2.2.flags',
  title: 'pods name the flags',
  does: 'verifyPodConfig',
  policy: 'read',
  summary: ({ deployment, flagsConfigMap }) => `every ready pod of ${deployment} names ${flagsConfigMap}`,
  takes: () => 1_000,
  ifItFails: 'ask',
  receipt: ({ pods }) => `${pods} pods`,
};

export const blueGreen: Section = {
  id: '2.2',
  title: 'blue-green',
  phase: 'phase 2: production',
  inWindow: true,
  async run(runbook, context) {
    const { spec } = context.request;
    const { release } = context;
    const { production, image, ramp, flags } = spec;
    const target = {
      cluster: production.cluster,
      namespace: production.namespace,
      deployment: release.candidate.deployment,
      container: image.container,
      ...(flags ? { flagsPrefix: flags.configMap } : {}),
    };
    await raiseMinimums(runbook, context);
    const { mechanism } = production.traffic;
    await runbook.change(prepareCandidate, {
      ...target,
      image: release.image,
      // Where pods are what shares are made of, none may be there before its share is.
      ...(mechanism === 'replicas' ? {} : { replicas: release.live.replicas }),
      ...(release.flags ? { flagsConfigMap: release.flags.configMap } : {}),
    });
    if (mechanism === 'replicas') await moveTraffic(runbook, '2.2', context, ramp.initial.share);
    await runbook.check(awaitCandidate, { ...target, image: release.image, deadline: production.rollout.deadline });
    if (release.flags) await runbook.check(verifyPodConfig, { ...target, flagsConfigMap: release.flags.configMap });
    if (mechanism === 'selector') await runbook.change(moveSelector('2.2'), selectorChange(context));
    else if (mechanism !== 'replicas') await moveTraffic(runbook, '2.2', context, ramp.initial.share);
    const share = mechanism === 'selector' ? 100 : ramp.initial.share;
    const watch = { kind: 'watch', id: '2.2.watch', title: `watch at ${share} %`, window: ramp.initial.watch } as const;
    await runbook.watch({ ...watch, share: servedShare(context, share) }, context);
  },
};
