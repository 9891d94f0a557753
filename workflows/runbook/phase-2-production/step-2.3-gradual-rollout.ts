/** Runbook, phase 2, step 2.3: 20, 50, 80, 100 % with a watch each; then the Service selector as a step of its own. */
import type { Section } from '../step';
import { moveSelector, selectorChange } from './selector';
import { moveTraffic, servedShare } from './traffic';

export const gradualRollout: Section = {
  id: '2.3',
  title: 'gradual rollout',
  phase: 'phase 2: production',
  inWindow: true,
  without: ({ production }) =>
    production.traffic.mechanism === 'selector' ? 'the Service selector is all or nothing: step 2.2 was the switch' : null,
  async run(runbook, context) {
    const { ramp } = context.request.spec;
    for (const { share, watch } of ramp.steps) {
      await moveTraffic(runbook, '2.3', context, share);
      await runbook.watch(
        { kind: 'watch', id: `2.3.watch-${share}`, title: `watch at ${share} %`, window: watch, share: servedShare(context, share) },
        context,
      );
    }
    if (context.request.spec.production.traffic.mechanism === 'replicas') return;
    await runbook.change(moveSelector('2.3'), selectorChange(context));
    await runbook.watch(
      { kind: 'watch', id: '2.3.watch-selector', title: 'watch after the selector', window: ramp.selectorWatch, share: 100 },
      context,
    );
  },
};
