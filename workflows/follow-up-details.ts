import { countsInWords } from './runbook/post-deployment/digest';
import type { CheckLine, FollowUpView } from './runbook/post-deployment/follow-up';

const marks: Readonly<Record<CheckLine['verdict'], string>> = { pass: '✔', fail: '✖', inconclusive: '?', superseded: '–' };

/** The follow-ups as Markdown, ending with the commands that can be typed now. */
export function followUpDetails(view: FollowUpView): string {
  const { deploymentId, service, version, environment, state, phase, done, planned, counts, recent, alerts, report } = view;
  const firing = alerts.filter((alert) => alert.firing);
  return [
    `**${service} ${version} in ${environment}**: ${report ? `${report.outcome}: ${report.reason}` : `${state}, ${phase}`}`,
    `${done} of ${planned} looks are done: ${countsInWords(counts)}`,
    '',
    ...recent.map(({ at, verdict, note }) => `- ${marks[verdict]} ${new Date(at).toISOString().slice(0, 16)}Z ${note}`),
    ...firing.map(({ name, summary }) => `- alert ${name}: ${summary}`),
    '',
    '```',
    `analytics-deploy follow-up ${deploymentId}`,
    ...(report ? [] : [`analytics-deploy follow-up ${deploymentId} --stop`]),
    '```',
    'Identities are as stated by the client.',
  ].join('\n');
}
