/**
 * Where an image lives: base of the registry's API, and its path there. A first part with a dot or a port is a host, anything else lives on
 * Docker Hub.
 */
export function registryOf(repository: string, api?: string): { readonly api: string; readonly path: string } {
  const slash = repository.indexOf('/');
  const first = repository.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first === 'localhost';
  const path = isHost ? repository.slice(slash + 1) : repository.includes('/') ? repository : `library/${repository}`;
  return { api: api ?? (isHost ? `https://${first}` : 'https://registry-1.docker.io'), path };
}
