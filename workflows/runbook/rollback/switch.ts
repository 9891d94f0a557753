/** Rungs traffic and system: everything moves to the other colour at once, then the Service's selector (runbook, immediate rollback). */
import { lowerMinimums } from '../phase-2-production/autoscalers';
import { moveSelector, selectorChange } from '../phase-2-production/selector';
import { moveTraffic } from '../phase-2-production/traffic';
import type { Section } from '../step';

export const switchAll: Section = {
  id: 'rollback.traffic',
  title: 'all traffic to the other colour',
  phase: 'rollback',
  async run(runbook, context) {
    const { mechanism } = context.request.spec.production.traffic;
    // Going back waits for no settle time: the pods are ready, and the version was found healthy before.
    if (mechanism !== 'selector' && mechanism !== 'replicas') await moveTraffic(runbook, 'rollback', context, 100, { settle: 0 });
    if (mechanism !== 'replicas') await runbook.change(moveSelector('rollback'), selectorChange(context));
  },
};

/** What was raised for the move is as it was before. */
export const autoscalersAsBefore: Section = {
  id: 'rollback.autoscalers',
  title: 'autoscalers as before',
  phase: 'rollback',
  run: lowerMinimums,
};
