/** Runbook, "Scheduling Guidelines": who approves sees which other deployments are open on the same cluster. */
import { WHOLE_RUNBOOK } from '../patches';
import type { OpenDeployment, OthersReceipt, OthersRequest } from '../contract';
import type { Lookup } from '../step';

export const listOthers: Lookup<OthersRequest, OthersReceipt> = {
  kind: 'lookup',
  id: 'gate.others',
  title: 'other deployments',
  section: 'gate',
  since: WHOLE_RUNBOOK,
  does: 'listOpenDeployments',
  policy: 'read',
  summary: ({ cluster }) => `other open deployments on cluster ${cluster}`,
  takes: () => 1_000,
  ifItFails: 'go on',
  planned: () => ({ open: [], unknown: 'nobody has looked' }),
};

/** What a gate shows of them. */
export function othersInWords({ open, more, unknown }: OthersReceipt): readonly string[] {
  if (unknown !== undefined) return [`other deployments: unknown, ${unknown}`];
  if (open.length === 0) return ['no other deployment is open on this cluster'];
  return [...open.map(inWords), ...(more ? [`and more than these ${open.length} are open here`] : [])];
}

function inWords({ deploymentId, service, environment, version, requester, phase }: OpenDeployment): string {
  return `also open here: ${service} ${version} → ${environment}, ${phase}, by ${requester} (${deploymentId})`;
}
