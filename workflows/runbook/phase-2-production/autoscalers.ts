/** An autoscaler that takes pods from a colour while traffic moves would undo the capacity that was proven: its minimum is raised meanwhile. */
import type { AutoscalerChange, AutoscalerState } from '../contract';
import type { ColourState } from '../release';
import type { Change, Context, Runner } from '../step';

function setMinimum(id: string, title: string, ifItFails: 'ask' | 'go on'): Change<AutoscalerChange, AutoscalerState> {
  return {
    kind: 'change',
    id,
    title,
    capture: 'readAutoscaler',
    apply: 'setAutoscaler',
    undo: 'restoreAutoscaler',
    policy: 'write',
    subject: ({ namespace, name }) => `${namespace}/horizontalpodautoscaler/${name}`,
    rank: 'rest',
    production: true,
    summary: ({ name, minimum }) => `autoscaler ${name}: at least ${minimum}`,
    undoes: ({ name }) => `autoscaler ${name}: minimum as before`,
    byHand: (to, { namespace, name }) =>
      `kubectl -n ${namespace} patch horizontalpodautoscaler ${name} --type=merge -p '{"spec":{"minReplicas":${to.minimum}}}'`,
    takes: () => 1_000,
    ifItFails,
  };
}

/** Before the candidate is set up: neither colour may have fewer pods than the live one has now. */
export async function raiseMinimums(runbook: Runner, context: Context): Promise<void> {
  const { live, candidate } = context.release;
  for (const [side, { autoscaler }] of sides(live, candidate)) {
    if (!autoscaler || autoscaler.minimum >= live.replicas) continue;
    const change = setMinimum(`2.2.autoscaler-${side}`, `keep the ${side} colour's pods`, 'ask');
    await runbook.change(change, { ...place(context), name: autoscaler.name, minimum: Math.min(live.replicas, autoscaler.maximum) });
  }
}

/** At the commit point: what was raised is as it was before. */
export async function lowerMinimums(runbook: Runner, context: Context): Promise<void> {
  const { live, candidate } = context.release;
  for (const [side, { autoscaler }] of sides(live, candidate)) {
    if (!autoscaler || autoscaler.minimum >= live.replicas) continue;
    const change = setMinimum(`scale-down.autoscaler-${side}`, `the ${side} colour's autoscaler as before`, 'go on');
    await runbook.change(change, { ...place(context), name: autoscaler.name, minimum: autoscaler.minimum });
  }
}

function sides(live: ColourState, candidate: ColourState) {
  return [['live', live] as const, ['candidate', candidate] as const];
}
function place({ request }: Context) {
  const { cluster, namespace } = request.spec.production;
  return { cluster, namespace };
}
