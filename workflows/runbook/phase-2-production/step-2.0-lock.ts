/** Before the first production write: the target is locked, so that two deployments never write to it at once, whatever server they run on. */
import type { Lock, Section } from '../step';
import { targetName } from '../target';

export const takeTarget: Lock = {
  kind: 'lock',
  id: '2.0.lock',
  title: 'lock the target',
  policy: 'write',
  summary: ({ namespace, name }) => `Lease and record ${namespace}/${name}`,
  takes: () => 1_000,
  ifItFails: 'ask',
  receipt: ({ epoch, note }) => (note === undefined ? `epoch ${epoch}` : `epoch ${epoch}; ${note}`),
  notes: ['the record in the cluster says what was changed and from what: "repair" puts it back without Temporal'],
};

export const lock: Section = {
  id: '2.0',
  title: 'lock',
  phase: 'phase 2: production',
  since: 'lock-and-scale-down',
  async run(runbook, { request }) {
    const { cluster, namespace, traffic } = request.spec.production;
    await runbook.lock(takeTarget, {
      ...{ cluster, namespace, name: targetName(request.spec.service) },
      deployment: request.deploymentId,
      propagation: traffic.propagation,
      ...(request.takeOver === undefined ? {} : { takeOver: request.takeOver }),
    });
  },
};
