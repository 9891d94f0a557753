import { stringify } from 'yaml';

export interface KubeconfigParts {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
  readonly contexts: readonly string[];
  readonly namespace?: string;
}

/** A kubeconfig as YAML; all contexts lead to the same server as the same user, the first is the current one. */
export function writeKubeconfig({ url, ca, token, contexts, namespace }: KubeconfigParts): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sandbox', cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name: 'sandbox', user: { token } }],
    contexts: contexts.map((name) => ({
      name,
      context: { cluster: 'sandbox', user: 'sandbox', ...(namespace === undefined ? {} : { namespace }) },
    })),
    'current-context': contexts[0],
  });
}
