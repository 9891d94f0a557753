/** The end of a deployment that has succeeded: its follow-ups begin, as a workflow of their own that outlives it. */
import { WHOLE_RUNBOOK } from '../patches';
import type { FollowUps, Section } from '../step';
import { broughtBy, followUpRequest, servingOf } from './follow-up';
import { plannedChecks } from './schedule';

export const beginFollowUps: FollowUps = {
  kind: 'follow-ups',
  id: 'follow-up.begin',
  title: 'begin the follow-ups',
  summary: ({ spec: { followUps } }) => {
    const phases = followUps.phases.map(({ title }) => title).join(', ');
    return `${plannedChecks(followUps).length} looks at the release: ${phases}`;
  },
  takes: () => 1_000,
  stays: ({ deploymentId }) => `the follow-ups go on by themselves: "follow-up ${deploymentId}" shows them, --stop ends them`,
};

export const followUp: Section = {
  id: 'follow-up',
  title: 'follow-ups',
  phase: 'after: follow-ups',
  since: WHOLE_RUNBOOK,
  without: ({ followUps }) => (followUps ? null : 'the spec has no followUps'),
  run: (runbook, { request, release }) =>
    runbook.followUps(beginFollowUps, followUpRequest(request, servingOf(release, request.spec), broughtBy(release))),
};
