import { type ClusterClient, hasStatus } from '../cluster/client';
import type { ConfigMap, Container } from '../cluster/objects';
import { objectPath } from '../cluster/paths';

export type Environment = Readonly<Record<string, string>>;

/** A ConfigMap that the container needs is not there: it cannot be started yet. */
export class MissingConfigMap extends Error {
  override readonly name = 'MissingConfigMap';
}

/** The container's environment: its ConfigMaps in their order, then its literal values. */
export async function readEnvironment(client: ClusterClient, namespace: string, container: Container): Promise<Environment> {
  const sources = await Promise.all((container.envFrom ?? []).map((source) => readSource(client, namespace, source)));
  const literals = (container.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  return Object.assign({}, ...sources, Object.fromEntries(literals)) as Environment;
}

type Source = NonNullable<Container['envFrom']>[number];
async function readSource(client: ClusterClient, namespace: string, { prefix = '', configMapRef }: Source): Promise<Environment> {
  if (!configMapRef) return {};
  try {
    const { data = {} } = await client.call<ConfigMap>(objectPath('configmaps', configMapRef.name, namespace));
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [prefix + key, value]));
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
    if (configMapRef.optional === true) return {};
    throw new MissingConfigMap(`configmap "${configMapRef.name}" not found`);
  }
}
