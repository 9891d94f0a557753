import type { DeploymentRequest } from '../../workflows/runbook/release';
import type { FollowUpsSpec, Spec } from '../../workflows/runbook/spec';
import { FakeWorld } from './fake-world';
import { testRequest, testSpec } from './test-request';

export const hour = 3_600_000;
export const day = 24 * hour;

/** The runbook's month: an hour for a day, a day for a week, a week for a month. */
export const aMonth: FollowUpsSpec = {
  window: 60_000,
  phases: [
    { id: 'hour', title: 'first day', every: hour, until: day, digest: day, attestations: [] },
    { id: 'day', title: 'first week', every: day, until: 7 * day, digest: day, attestations: [] },
    { id: 'week', title: 'first month', every: 7 * day, until: 30 * day, digest: 7 * day, attestations: [] },
  ],
  onFailure: { then: 'notice', level: 'traffic' },
};

export const ops = [{ kind: 'webhook', name: 'ops', url: 'https://ops.example.com' }] as const;

/** A world whose release has followUps. */
export function followedWorld(
  followUps: Partial<FollowUpsSpec> = {},
  spec: Partial<Spec> = {},
  change: Partial<DeploymentRequest> = {},
): FakeWorld {
  return new FakeWorld(testRequest({ ...change, spec: testSpec({ followUps: { ...aMonth, ...followUps }, sinks: ops, ...spec }) }));
}
