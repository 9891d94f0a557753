import type { Run } from '../temporal/engine';
import { arrow, paint, type Look } from './look';
import { shortDigest } from './words';

/** A deployment as its memo names it. */
export function deploymentLinesOf(look: Look, { memo, workflowId }: Pick<Run, 'memo' | 'workflowId'>): readonly string[] {
  const { service, version, environment, deploymentId, requester, planDigest } = memo;
  const title = service && version && environment ? `${service} ${version} ${arrow(look)} ${environment}` : workflowId;
  return [
    paint(look, 'strong', title),
    [deploymentId, requester && `started by ${requester}`, planDigest && `plan ${shortDigest(planDigest)}`].filter(Boolean).join('   '),
  ];
}
