import type { Activities, DatabaseActivities } from '../workflows/runbook/contract';
import { asActivities } from './activity';
import { autoscalerActivities } from './autoscalers';
import { checklistActivities } from './checklist';
import { codeActivities } from './code';
import { commandActivities } from './commands';
import { commitStatusActivities } from './commit-status';
import { databaseActivities } from './databases';
import { flagsActivities } from './flags';
import { gaugeActivities } from './gauges';
import { gitOpsActivities } from './gitops';
import { loadActivities } from './load';
import { followUpActivities } from './look-after';
import { metricsActivities } from './metrics';
import { noticeActivities } from './notices';
import { otherDeploymentActivities } from './other-deployments';
import type { Ports } from './ports';
import { probeActivities } from './probes';
import { releaseActivities } from './release';
import { reportActivities } from './report';
import { rollbackActivities } from './rollback';
import { rolloutActivities } from './rollout';
import { samplingActivities } from './sampling';
import { selectorActivities } from './selector';
import { structureActivities } from './structure';
import { tagActivities } from './tag';
import { targetActivities } from './target';
import { trafficActivities } from './traffic';
import { workloadActivities } from './workloads';

/** What `worker --role exec` answers: load, the commands of a spec, what is compared, and the database. It has no Kubernetes credentials and needs none. */
export type ExecActivities = Pick<
  Activities,
  'runLoadTest' | 'runCommand' | 'checkCode' | 'checkCoverage' | 'compareStructure' | keyof DatabaseActivities
>;
/** What `worker --role control` answers: everything else. */
export type ControlActivities = Omit<Activities, keyof ExecActivities>;

/** The contract, answered: for a worker that plays both roles. */
export function createActivities(ports: Ports): Activities {
  return { ...controlActivities(ports), ...execActivities(ports) };
}

export function controlActivities(ports: Ports): ControlActivities {
  return asActivities({
    ...releaseActivities(ports),
    ...rollbackActivities(ports),
    ...tagActivities(ports),
    ...workloadActivities(ports),
    ...rolloutActivities(ports),
    ...probeActivities(ports),
    ...commitStatusActivities(ports),
    ...autoscalerActivities(ports),
    ...flagsActivities(ports),
    ...trafficActivities(ports),
    ...selectorActivities(ports),
    ...samplingActivities(ports),
    ...metricsActivities(ports),
    ...gaugeActivities(ports),
    ...noticeActivities(ports),
    ...targetActivities(ports),
    ...gitOpsActivities(ports),
    ...otherDeploymentActivities(ports),
    ...checklistActivities(ports),
    ...reportActivities(ports),
    ...followUpActivities(ports),
  });
}

export function execActivities(ports: Ports): ExecActivities {
  return asActivities({
    ...loadActivities(ports),
    ...commandActivities(ports),
    ...codeActivities(ports),
    ...structureActivities(ports),
    ...databaseActivities(ports),
  });
}
