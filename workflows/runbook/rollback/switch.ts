/** Rungs traffic and system: everything moves to the other colour at once, then the Service's selector (runbook, immediate rollback). */
import { lowerMinimums } from '../phase-2-production/autoscalers';
import { moveSelector, selectorChange } from '../phase-2-production/selector';
import { moveTraffic } from '../phase-2-production/traffic';
import type { Section } from '../step';

/** No settle time, as the version was found healthy before, and no more pods than a rollback asks for: nothing slows the way back. */
export const goingBack = { settle: 0, returns: true } as const;

export const switchAll: Section = {
  id: 'rollback.traffic',
  title: 'all traffic to the other colour',
  phase: 'rollback',
  async run(runbook, context) {
    const { mechanism } = context.request.spec.production.traffic;
    if (mechanism !== 'selector' && mechanism !== 'replicas') await moveTraffic(runbook, 'rollback', context, 100, goingBack);
    if (mechanism !== 'replicas') await runbook.change(moveSelector('rollback'), { ...selectorChange(context), returns: true });
  },
};

/** What was raised for the move is as it was before. */
export const autoscalersAsBefore: Section = {
  id: 'rollback.autoscalers',
  title: 'autoscalers as before',
  phase: 'rollback',
  run: lowerMinimums,
};
