import type { Spec } from '../spec';

/** Hosts whose certificates count: those of the spec's https addresses, and those that it names besides; each once, as `name` or `name:port`. */
export function hostsOf({ staging, production, verification, checklist }: Spec, besides: readonly string[]): readonly string[] {
  const { environment, infrastructure } = checklist ?? {};
  const addresses = [
    ...[staging.url, staging.metricsUrl, production.url, production.metricsUrl, verification.dashboard],
    ...[
      environment?.dashboards?.url,
      environment?.alerts?.url,
      infrastructure?.monitoring?.prometheus,
      infrastructure?.monitoring?.alertmanager,
    ],
    ...(environment?.redis?.servers ?? []),
  ];
  return [...new Set([...addresses.flatMap((address) => (address === undefined ? [] : hostOf(address))), ...besides])];
}

/** By the letters alone: an address without TLS has no certificate. */
function hostOf(address: string): readonly string[] {
  const [, scheme, host = '', port] = /^(https|rediss):\/\/(\[[^\]]+\]|[^/:?#]+)(?::(\d+))?/.exec(address) ?? [];
  if (scheme === undefined) return [];
  const usual = scheme === 'rediss' ? '6379' : undefined;
  const at = port === '443' ? undefined : (port ?? usual);
  return [at === undefined ? host : `${host}:${at}`];
}
