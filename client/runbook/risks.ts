import { standingOf, type Registry, type Stand, type Standing } from './stands';

export interface Risk {
  readonly id: string;
  /** When it may come true. */
  readonly when: 'before' | 'at run time' | 'after';
  readonly title: string;
  /** The checks, gates and compensations that cover it. */
  readonly by: readonly Stand[];
}

/** The twelve risks of the runbook, each with what covers it here (runbook, risk mitigation). */
export const risks: readonly Risk[] = [
  {
    id: 'code',
    when: 'before',
    title: 'the code has a defect',
    by: ['step:checklist.tests', 'step:checklist.coverage', 'step:checklist.hooks', 'step:1.2.request-1', 'step:production'],
  },
  {
    id: 'environment',
    when: 'before',
    title: 'staging is unlike production',
    by: ['step:1.4.consistency', 'step:checklist.variables', 'step:checklist.migrations'],
  },
  { id: 'dependencies', when: 'before', title: 'dependencies clash', by: ['step:checklist.boundaries', 'step:1.4.tests'] },
  {
    id: 'configuration',
    when: 'before',
    title: 'the configuration is wrong',
    by: ['command:validate', 'step:checklist.flags', 'step:checklist.variables', 'step:checklist.routing', 'step:2.2.flags'],
  },
  {
    id: 'performance',
    when: 'at run time',
    title: 'the release is slow',
    by: ['step:1.3.load', 'step:2.2.watch', 'step:2.3.watch-*', 'signal:application.latency'],
  },
  {
    id: 'data',
    when: 'at run time',
    title: 'data is lost or contradicts itself',
    by: ['step:checklist.backup', 'step:1.4.consistency', 'followup:#1', 'level:database'],
  },
  {
    id: 'services',
    when: 'at run time',
    title: 'a service that it calls fails',
    by: ['step:checklist.redis', 'step:1.4.tests', 'step:2.3.watch-*', 'level:flags', 'level:traffic'],
  },
  {
    id: 'resources',
    when: 'at run time',
    title: 'memory, processor or connections run out',
    by: ['step:checklist.redis', 'signal:application.resources', 'signal:infrastructure.connections', 'signal:infrastructure.redis-memory'],
  },
  {
    id: 'users',
    when: 'after',
    title: 'users suffer',
    by: ['step:2.1.flags', 'step:2.2.traffic-*', 'step:soak.watch', 'level:traffic', 'level:partial'],
  },
  {
    id: 'monitoring',
    when: 'after',
    title: 'nobody sees what goes wrong',
    by: ['step:checklist.monitoring', 'step:checklist.alerts', 'step:checklist.dashboards', 'step:2.4.metrics', 'followup:#1'],
  },
  {
    id: 'documentation',
    when: 'after',
    title: 'the documents are behind',
    by: ['attestation:success.documentation', 'attestation:week.training'],
  },
  {
    id: 'support',
    when: 'after',
    title: 'questions come that nobody can answer',
    by: ['attestation:team.stakeholders', 'attestation:success.training', 'contact:primary', 'attestation:day.feedback'],
  },
];

export interface CoveredRisk extends Omit<Risk, 'by'> {
  readonly by: readonly Standing[];
}

/** The risks beside what covers them in this deployment. */
export function coveredRisks(registry: Registry): readonly CoveredRisk[] {
  return risks.map((risk) => ({ ...risk, by: risk.by.map((stand) => standingOf(stand, registry)) }));
}
