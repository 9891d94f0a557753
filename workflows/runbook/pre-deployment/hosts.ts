import type { OtherHost } from '../contract';
import { registryOf } from '../registry';
import type { SinkSpec, Spec } from '../spec';

/** Hosts of the service and of what watches it whose certificates count, and those that the spec names besides; each once, as `name` or `name:port`. */
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
  return [...new Set([...addresses.flatMap((address) => hostOf(address) ?? []), ...besides])];
}

/** Hosts that a deployment talks to and that are not the service's: git, registry, CI and the sinks of notices; each once, without those in `own`. */
export function othersOf({ tag, image, production, checklist, sinks }: Spec, own: readonly string[]): readonly OtherHost[] {
  const others = [
    ...at('git', tag.remote, production.gitops?.source?.remote),
    ...at('registry', registryOf(image.repository, image.registry).api),
    ...at('CI', checklist?.code?.ci?.url),
    ...sinks.flatMap(sinkHost),
  ];
  return others.filter(({ host }, place) => !own.includes(host) && others.findIndex((other) => other.host === host) === place);
}

/** An incoming webhook of Slack is a secret: which host it names is not known here. */
function sinkHost(sink: SinkSpec): readonly OtherHost[] {
  const whose = `sink ${sink.name}`;
  switch (sink.kind) {
    case 'webhook':
      return at(whose, sink.url);
    case 'slack':
      return sink.hook === undefined ? at(whose, sink.api) : [];
    case 'mail':
      if (sink.security === 'none') return [];
      return [{ host: `${sink.host}:${sink.port}`, whose, ...(sink.security === 'starttls' ? { startTls: true } : {}) }];
    case 'file':
      return [];
  }
}

function at(whose: string, ...addresses: readonly (string | undefined)[]): readonly OtherHost[] {
  return addresses.flatMap((address) => hostOf(address) ?? []).map((host) => ({ host, whose }));
}

/** By the letters alone: an address without TLS has no certificate. */
function hostOf(address = ''): string | null {
  const [, scheme, host = '', port] = /^(https|rediss):\/\/(?:[^/?#@]*@)?(\[[^\]]+\]|[^/:?#]+)(?::(\d+))?/.exec(address) ?? [];
  if (scheme === undefined) return null;
  const usual = scheme === 'rediss' ? '6379' : undefined;
  const listens = port === '443' ? undefined : (port ?? usual);
  return listens === undefined ? host : `${host}:${listens}`;
}
