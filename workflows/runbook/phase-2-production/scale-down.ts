/** After the soak: the old colour is scaled down. The last step and the commit point: until here everything can be put back at once. */
import type { WorkloadChange, WorkloadState } from '../contract';
import type { Change, Section } from '../step';
import { lowerMinimums } from './autoscalers';

export const scaleDownOld: Change<WorkloadChange, WorkloadState> = {
  kind: 'change',
  id: 'scale-down.old',
  title: 'scale the old colour down',
  capture: 'readWorkload',
  apply: 'setWorkload',
  undo: 'restoreWorkload',
  policy: 'write',
  subject: ({ namespace, deployment }) => `${namespace}/deployment/${deployment}`,
  rank: 'workload',
  production: true,
  summary: ({ deployment, replicas }) => `${deployment} → ${replicas} replicas`,
  undoes: ({ deployment }) => `${deployment}: replicas as before`,
  byHand: (to, { namespace, deployment }) => `kubectl -n ${namespace} scale deployment/${deployment} --replicas=${to.replicas}`,
  takes: () => 2_000,
  ifItFails: 'go on',
  notes: ['its template stays as it is; PodDisruptionBudgets are kept'],
};

export const scaleDown: Section = {
  id: 'scale-down',
  title: 'scale-down',
  phase: 'phase 2: production',
  since: 'lock-and-scale-down',
  async run(runbook, context) {
    const { request, release } = context;
    const { cluster, namespace } = request.spec.production;
    const { container } = request.spec.image;
    await runbook.change(scaleDownOld, { cluster, namespace, deployment: release.live.deployment, container, replicas: 0 });
    await lowerMinimums(runbook, context);
  },
};
