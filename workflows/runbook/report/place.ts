/** Where reports are kept: the worker writes them there, and whoever asks for one after its history is gone reads them there. */

type Environment = Readonly<Record<string, string | undefined>>;

/** Names the folder, for messages and manifests. */
export const REPORTS = 'ANALYTICS_DEPLOY_REPORTS';

/** `ANALYTICS_DEPLOY_REPORTS`, else a folder of ours below the user's data. */
export function reportsFolder(environment: Environment, home: string): string {
  const data = environment['XDG_DATA_HOME'] || `${home}/.local/share`;
  return environment[REPORTS] || `${data}/analytics-deploy/reports`;
}

/** A deployment's file: one name whatever its id is made of, and never a way out of the folder. */
export function reportFile(deploymentId: string): string {
  return `${safe(deploymentId).slice(-longest)}.json`;
}
/** What a deployment was started with and how it ended, beside its report: what a rollback of it needs. */
export function requestFile(deploymentId: string): string {
  return `${safe(deploymentId).slice(-longest)}.request`;
}
/** Of a file's name, in most file systems. */
const longest = 200;

/** Names of files that may be of a service and an environment, by the beginning of their deployment ids. */
export function isFileOf(name: string, service: string, environment: string, ending: '.json' | '.request' = '.json'): boolean {
  return name.startsWith(safe(`${service}-${environment}-`)) && name.endsWith(ending);
}

/** Ids are letters, digits, dots and dashes; what anybody else sends as one is spelt out. */
function safe(id: string): string {
  return id.replace(/[^A-Za-z0-9._-]/g, (sign) => `~${(sign.codePointAt(0) ?? 0).toString(16)}~`).replace(/^\./, '~2e~');
}
