import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** How to reach a cluster: what one context of a kubeconfig says. */
export interface Connection {
  readonly context: string;
  /** Without a slash at the end. */
  readonly server: string;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly token?: string;
  readonly insecure: boolean;
}

interface KubeConfigFile {
  readonly 'current-context'?: string;
  readonly contexts?: readonly { readonly name: string; readonly context: { readonly cluster: string; readonly user?: string } }[];
  readonly clusters?: readonly { readonly name: string; readonly cluster: Readonly<Record<string, string | boolean | undefined>> }[];
  readonly users?: readonly { readonly name: string; readonly user: Readonly<Record<string, string | undefined>> | null }[];
}

/**
 * Reads the current context of a kubeconfig: token or client certificate, as data or as a file.
 * @throws where the context or its cluster is not there.
 */
export function readConnection(kubeconfig: string): Connection {
  const file = parse(kubeconfig) as KubeConfigFile;
  const name = file['current-context'] ?? '';
  const context = file.contexts?.find((entry) => entry.name === name)?.context;
  const cluster = file.clusters?.find((entry) => entry.name === context?.cluster)?.cluster;
  if (!context || !cluster) throw new Error(`The kubeconfig's context "${name}" names no cluster. Set current-context to one that does.`);
  const user = file.users?.find((entry) => entry.name === context.user)?.user ?? {};
  const material = (from: Readonly<Record<string, string | boolean | null | undefined>>, field: string): Buffer | undefined => {
    const data = from[`${field}-data`];
    const path = from[field];
    if (typeof data === 'string') return Buffer.from(data, 'base64');
    return typeof path === 'string' ? readFileSync(path) : undefined;
  };
  const ca = material(cluster, 'certificate-authority');
  const cert = material(user, 'client-certificate');
  const key = material(user, 'client-key');
  const token = user.token ?? (user.tokenFile === undefined ? undefined : readFileSync(user.tokenFile, 'utf8').trim());
  return {
    context: name,
    server: String(cluster.server).replace(/\/$/, ''),
    insecure: cluster['insecure-skip-tls-verify'] === true,
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(token === undefined ? {} : { token }),
  };
}
