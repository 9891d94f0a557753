/** After the soak: the old colour is scaled down. The last step and the commit point: until here everything can be put back at once. */
import { LOCK_AND_SCALE_DOWN } from '../patches';
import type { SourceReceipt, SourceRequest, WorkloadChange, WorkloadState } from '../contract';
import type { Change, Check, Section } from '../step';
import { shortCommit } from '../workload';
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
  commits: true,
  notes: ['its template stays as it is; PodDisruptionBudgets are kept'],
};

/** Said in the report where it is not so: a release is not put back for it. */
export const sourceNamesIt: Check<SourceRequest, SourceReceipt> = {
  kind: 'check',
  id: 'scale-down.source',
  title: 'the repository names the release',
  does: 'verifySource',
  policy: 'transfer',
  summary: ({ source, version }) => `${source.path} names ${version}`,
  takes: () => 3_000,
  ifItFails: 'go on',
  receipt: ({ commit }) => `at ${shortCommit(commit)}`,
};

export const scaleDown: Section = {
  id: 'scale-down',
  title: 'scale-down',
  phase: 'phase 2: production',
  since: LOCK_AND_SCALE_DOWN,
  async run(runbook, context) {
    const { request, release } = context;
    const { cluster, namespace } = request.spec.production;
    const { container } = request.spec.image;
    await runbook.change(scaleDownOld, { cluster, namespace, deployment: release.live.deployment, container, replicas: 0 });
    await lowerMinimums(runbook, context);
    const { source } = request.spec.production.gitops ?? {};
    if (source) await runbook.check(sourceNamesIt, { source, version: release.version, image: release.image });
  },
};
