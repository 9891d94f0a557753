import { Gauge, Registry } from 'prom-client';
import type { Observation } from './observe';

/** What /metrics shows; the README's table and the rules in deploy/ name the same. */
export const metrics = {
  up: { name: 'analytics_deploy_temporal_up', help: '1 where Temporal answered at the last look, else 0.' },
  open: { name: 'analytics_deploy_open_deployments', help: 'Open deployments by phase and status.' },
  share: { name: 'analytics_deploy_candidate_share', help: 'Share of the traffic that the candidate has; percent.' },
  exposed: {
    name: 'analytics_deploy_candidates_with_traffic',
    help: 'Open deployments whose candidate has traffic. Told also when there is none, so that the last value before a silence is right.',
  },
  age: { name: 'analytics_deploy_last_sample_age_seconds', help: 'Age of the last sample of the running watch; seconds.' },
  attention: { name: 'analytics_deploy_needs_attention', help: '1 while a deployment waits for a decision of a person.' },
  failing: {
    name: 'analytics_deploy_failing_workflow_tasks',
    help: 'Failed attempts of the open workflow task: the build cannot go on with it.',
  },
  incomplete: {
    name: 'analytics_deploy_incomplete_rollbacks',
    help: 'Deployments of the last 7 days that could not put everything back.',
  },
  followUps: {
    name: 'analytics_deploy_open_follow_ups',
    help: 'Releases that are looked after, by how they stand: "failing" since a look did not pass, until one does.',
  },
  build: { name: 'analytics_deploy_build_info', help: 'Always 1; the build is in the label.' },
} as const;

/** The Prometheus text of one look. What is not known has no series: unknown is never a number. */
export async function exposition(
  build: string,
  observation: Observation | null,
  now: number,
): Promise<{ readonly type: string; readonly text: string }> {
  const registry = new Registry();
  const gauge = <Label extends string>(
    { name, help }: { readonly name: string; readonly help: string },
    labels: readonly Label[] = [],
  ): Gauge<Label> => new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
  gauge(metrics.build, ['build']).set({ build }, 1);
  gauge(metrics.up).set(observation ? 1 : 0);
  if (observation) {
    const { open, incomplete, followUps } = observation;
    const counts = gauge(metrics.open, ['phase', 'status']);
    const [share, age, attention, failing] = [metrics.share, metrics.age, metrics.attention, metrics.failing].map((metric) =>
      gauge(metric, ['deployment']),
    );
    for (const { deploymentId: deployment, phase, status, ...one } of open) {
      counts.inc({ phase, status });
      if (one.share !== null) share?.set({ deployment }, one.share);
      if (one.lastSampleAt !== null) age?.set({ deployment }, Math.max(0, (now - one.lastSampleAt) / 1_000));
      attention?.set({ deployment }, status === 'needs attention' ? 1 : 0);
      failing?.set({ deployment }, one.failedTasks);
    }
    gauge(metrics.exposed).set(open.filter(({ share }) => share !== null && share > 0).length);
    const followed = gauge(metrics.followUps, ['status']);
    for (const [status, count] of Object.entries(followUps)) followed.set({ status }, count);
    if (incomplete !== null) gauge(metrics.incomplete).set(incomplete);
  }
  return { type: registry.contentType, text: await registry.metrics() };
}
