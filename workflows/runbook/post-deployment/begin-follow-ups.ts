/** The end of a deployment that has succeeded: its follow-ups begin, as a workflow of their own that outlives it. */
import { WHOLE_RUNBOOK } from '../patches';
import type { FollowUps, Section } from '../step';
import { broughtBy, servingOf } from './follow-up';
import { plannedChecks } from './schedule';

export const beginFollowUps: FollowUps = {
  kind: 'follow-ups',
  id: 'follow-up.begin',
  title: 'begin the follow-ups',
  summary: ({ followUps }) => {
    const phases = followUps.phases.map(({ title }) => title).join(', ');
    return `${plannedChecks(followUps).length} looks at the release: ${phases}`;
  },
  takes: () => 1_000,
  stays: ({ request }) => `the follow-ups go on by themselves: "follow-up ${request.deploymentId}" shows them, --stop ends them`,
};

export const followUp: Section = {
  id: 'follow-up',
  title: 'follow-ups',
  phase: 'after: follow-ups',
  since: WHOLE_RUNBOOK,
  without: ({ followUps }) => (followUps ? null : 'the spec has no followUps'),
  async run(runbook, { request, release }) {
    const { spec } = request;
    const { followUps } = spec;
    if (!followUps) return;
    const serving = servingOf(release, spec);
    const brought = followUps.onFailure.then === 'rollback' ? { brought: broughtBy(release) } : {};
    await runbook.followUps(beginFollowUps, { request, followUps, serving, ...brought });
  },
};
