import { gatesOf, leftOut } from '../../workflows/runbook/profiles';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import { shortDigest } from '../screens/words';
import type { StartWords } from '../temporal/engine';

/** What the web UI shows of a deployment from its first moment on, without our code. */
export function startWords(request: DeploymentRequest): StartWords {
  const { deploymentId, version, requester, planDigest, spec, rollback } = request;
  const { service, environment } = spec;
  return {
    summary: rollback
      ? `${service}: rollback (${rollback.level}) of ${rollback.of} → ${environment}, started by ${requester}`
      : `${service} ${version} → ${environment}, started by ${requester}`,
    details: [
      `**${service} ${version} → ${environment}**`,
      '',
      `- deployment \`${deploymentId}\``,
      `- started by ${requester} (as stated by the client)`,
      ...(rollback
        ? [`- rollback (${rollback.level}) of \`${rollback.of}\`${rollback.reason === undefined ? '' : `: ${rollback.reason}`}`]
        : [`- plan \`${shortDigest(planDigest)}\`, needs ${approvalsOf(request)}`, ...leftOut(request).map((what) => `- ${what}`)]),
      '',
      'Commands:',
      '',
      ...['status', 'watch', 'approve', 'abort', 'pause'].map((name) => `- \`analytics-deploy ${name} ${deploymentId}\``),
    ].join('\n'),
  };
}

function approvalsOf(request: DeploymentRequest): string {
  return gatesOf(request)
    .map(({ gate: { approvals, roles } }) => `${approvals} of ${roles.join(', ')}`)
    .join(', then ');
}
