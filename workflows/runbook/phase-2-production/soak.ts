/** After the ramp: the old colour stays warm, at the replicas it had, as the rollback target. Its end is the commit point. */
import type { Section } from '../step';

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
        notes: ['an autoscaler may shrink the old colour, which gets no traffic: the way back scales it up first'],
      },
      context,
    );
  },
};
