/** Mints the id that stands for one deployment in every key, message and report. Done once, by `start`. */
export function mintDeploymentId(
  { service, environment }: { readonly service: string; readonly environment: string },
  version: string,
  now: Date,
): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `${service}-${environment}-${version}-${stamp}Z`;
}

/** What a person may type for a deployment. */
export type Named =
  | { readonly kind: 'workflow'; readonly workflowId: string }
  | { readonly kind: 'deployment'; readonly deploymentId: string; readonly lanes: readonly Lane[] };
export interface Lane {
  readonly service: string;
  readonly environment: string;
}

/**
 * Reads an id. A workflow id means its newest run. A deployment id does not say where the service's name ends and the
 * environment's begins, so that all readings are given.
 */
export function readId(text: string): Named | null {
  if (/^deploy:[^:]+:[^:]+$/.test(text)) return { kind: 'workflow', workflowId: text };
  const parts = /^(?<names>.+)-\d{8}T\d{6}Z$/.exec(text)?.groups?.['names']?.split('-');
  if (!parts || parts.length < 3) return null;
  const lanes: Lane[] = [];
  for (let middle = 1; middle < parts.length - 1; middle++) {
    for (let end = middle + 1; end < parts.length; end++) {
      lanes.push({ service: parts.slice(0, middle).join('-'), environment: parts.slice(middle, end).join('-') });
    }
  }
  return { kind: 'deployment', deploymentId: text, lanes };
}

export const idHelp = 'deployment id, or deploy:<service>:<environment> for the newest';
