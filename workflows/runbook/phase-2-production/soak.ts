/** After the ramp: the old colour stays warm, at the replicas it had, as the rollback target. Its end is the commit point. */
import type { Milliseconds } from '../spec';
import type { Section } from '../step';

/** What it costs to keep the old colour's pods that long. */
function podHours(soak: Milliseconds, replicas: number): string {
  const hours = (pods: number): string => `${Math.round((pods * soak) / 36_000) / 100} pod-hours`;
  return replicas > 0 ? `${hours(replicas)} (${replicas} pods)` : `${hours(1)} for each pod of the live colour`;
}

export const soak: Section = {
  id: 'soak',
  title: 'soak',
  phase: 'phase 2: production',
  async run(runbook, context) {
    const { ramp } = context.request.spec;
    if (ramp.soak === 0) return;
    await runbook.watch(
      {
        kind: 'watch',
        id: 'soak.watch',
        title: 'soak: the old colour stays warm',
        window: ramp.soak,
        share: 100,
        notes: [`costs ${podHours(ramp.soak, context.release.live.replicas)}; an autoscaler keeps the pods that the colour had`],
      },
      context,
    );
  },
};
