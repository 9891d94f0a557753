/** The first step of all: the spec resolved against the world, by the worker, so that the client needs no rights in a cluster. */
import type { ResolveRequest } from './contract';
import { flagData, plannedRelease, type DeploymentRequest, type Release } from './release';
import type { Spec } from './spec';
import type { Lookup } from './step';

export const resolveRelease: Lookup<ResolveRequest, Release> = {
  kind: 'lookup',
  id: 'resolve.release',
  title: 'resolve the release',
  does: 'resolveRelease',
  policy: 'transfer',
  summary: ({ version }) => `resolve ${version}: commit, digest, colours, traffic`,
  takes: () => 2_000,
  ifItFails: 'ask',
  planned: (_, request) => plannedRelease(request),
};

/**
 * What of the spec the resolution needs: no more crosses the boundary. Resolved again, the commit and the image are those of the `approved`
 * release: a branch or an image tag that has moved since does not change what is deployed.
 */
export function resolveRequest({ spec, version, commit: wanted }: DeploymentRequest, approved?: Release): ResolveRequest {
  const commit = approved?.commit ?? wanted;
  const { cluster, namespace, service, selectorKey, colours, traffic, gitops } = spec.production;
  const token = spec.image.token;
  const secret = token === undefined ? undefined : spec.tokens[token];
  return {
    version,
    ...(commit === undefined ? {} : { commit }),
    tag: spec.tag,
    image: approved ? { ...spec.image, digest: approved.image.slice(approved.image.indexOf('@') + 1) } : spec.image,
    production: { cluster, namespace, service, selectorKey, colours, traffic, ...(gitops ? { gitops } : {}) },
    ...(spec.flags ? { flags: { prefix: spec.flags.configMap, data: flagData(spec), ...safeValues(spec) } } : {}),
    tokens: token !== undefined && secret ? { [token]: secret } : {},
  };
}

function safeValues({ rollback }: Spec): { readonly safe?: Readonly<Record<string, string>> } {
  return rollback.flags === undefined ? {} : { safe: rollback.flags.values };
}
