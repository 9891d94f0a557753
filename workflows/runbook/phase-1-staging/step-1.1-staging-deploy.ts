/** Runbook, phase 1, step 1: tag the release, push it, deploy it to staging, follow the rollout. */
import type { TagReceipt, TagRequest } from '../contract';
import type { Context, ForwardOnly, Section } from '../step';
import { imageByHand, setImage, shortCommit, awaitRollout } from '../workload';

export const pushTag: ForwardOnly<TagRequest, TagReceipt> = {
  kind: 'forward-only',
  id: '1.1.tag',
  title: 'tag the release',
  does: 'pushTag',
  production: false,
  policy: 'transfer',
  summary: ({ name, commit }) => `tag ${name} → ${shortCommit(commit)}`,
  takes: () => 3_000,
  ifItFails: 'ask',
  receipt: ({ result }) => result,
  stays: ({ name, tag }) => `git tag ${name} on ${tag.remote}: a tag moves nothing and may stay`,
};

export const setStagingImage = setImage('1.1.image', 'set the staging image', {
  ifItFails: 'ask',
  rank: 'workload',
  production: false,
  byHand: imageByHand,
});

export const awaitStaging = awaitRollout('1.1.rollout', 'staging rollout');

export const stagingDeploy: Section = {
  id: '1.1',
  title: 'staging deploy',
  phase: 'phase 1: staging',
  async run(runbook, { request, release }: Context) {
    const { staging, tag, image } = request.spec;
    if (tag.push) {
      await runbook.forwardOnly(pushTag, {
        tag,
        name: release.tag,
        message: tag.message.replaceAll('{version}', release.version),
        commit: release.commit,
        taggedAt: mintedAt(request.deploymentId),
      });
    }
    const target = { cluster: staging.cluster, namespace: staging.namespace, deployment: staging.deployment, container: image.container };
    await runbook.change(setStagingImage, { ...target, image: release.image });
    await runbook.check(awaitStaging, { ...target, image: release.image, deadline: staging.rollout.deadline });
  },
};

/** The time in the deployment id: fixed for the deployment, so that every attempt makes the same tag object. */
function mintedAt(deploymentId: string): string {
  const stamp = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(deploymentId);
  if (!stamp) return '1970-01-01T00:00:00Z';
  const [, year, month, day, hour, minute, second] = stamp;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}
