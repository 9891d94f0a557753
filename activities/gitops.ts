import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResolveRequest, SourceReceipt, SourceRequest } from '../workflows/runbook/contract';
import type { Attempt } from './activity';
import { failure } from './failures';
import type { Ports } from './ports';
import type { Kinds, Meta, Reference } from './ports/kubernetes';
import { label } from './safe-write';

type Owned = keyof Pick<Kinds, 'Deployment' | 'Service' | 'HTTPRoute' | 'VirtualService' | 'Ingress'>;

/** What of an object a deployment writes, as JSON pointers of an ignore rule. */
const written: Readonly<Record<Owned, readonly string[]>> = {
  Deployment: ['/spec/replicas', '/spec/template/spec/containers/0/image', '/spec/template/spec/containers/0/envFrom'],
  Service: ['/spec/selector'],
  HTTPRoute: ['/spec/rules'],
  VirtualService: ['/spec/http'],
  Ingress: ['/metadata/annotations/nginx.ingress.kubernetes.io~1canary-weight', '/spec/rules'],
};

interface Owner {
  readonly tool: 'Argo CD' | 'Flux';
  /** By what it is known. */
  readonly by: string;
}
const trackers: readonly (readonly [key: string, tool: Owner['tool']])[] = [
  ['argocd.argoproj.io/instance', 'Argo CD'],
  ['argocd.argoproj.io/tracking-id', 'Argo CD'],
  ['kustomize.toolkit.fluxcd.io/name', 'Flux'],
  ['helm.toolkit.fluxcd.io/name', 'Flux'],
];
const managers: readonly (readonly [name: RegExp, tool: Owner['tool']])[] = [
  [/^argocd/, 'Argo CD'],
  [/^(?:kustomize|helm)-controller$|^flux/, 'Flux'],
];

/** Who applies the object from a repository, by tracking labels or as the owner of its spec; null where nobody does. */
export function ownerOf({ labels, annotations, managers: writers }: Meta): Owner | null {
  for (const [key, tool] of trackers) {
    if (labels?.[key] !== undefined || annotations?.[key] !== undefined) return { tool, by: key };
  }
  for (const { name, fields } of writers) {
    const found = managers.find(([pattern]) => pattern.test(name));
    if (found && typeof fields === 'object' && fields !== null && 'f:spec' in fields)
      return { tool: found[1], by: `field manager ${name}` };
  }
  return null;
}

/**
 * Refuses to begin where a GitOps controller would set back what the deployment writes: found before phase 1, not in the ramp.
 *
 * @throws Misconfigured with the ignore rule, unless the spec says that it is set.
 */
export async function refuseGitOps(
  ports: Pick<Ports, 'kubernetes'>,
  { production }: Pick<ResolveRequest, 'production'>,
  references: readonly Reference[],
): Promise<void> {
  if (production.gitops?.ignored === true) return;
  for (const reference of references) {
    const object = await ports.kubernetes.read(reference);
    const owner = object && ownerOf(object.meta);
    if (!owner || !(reference.kind in written)) continue;
    const pointers = written[reference.kind as Owned];
    const rule =
      owner.tool === 'Argo CD'
        ? `add ignoreDifferences for kind ${reference.kind}, name ${reference.name} with jsonPointers ${pointers.join(', ')} and the sync option RespectIgnoreDifferences=true to its Application`
        : `give it the annotation kustomize.toolkit.fluxcd.io/ssa: Merge and take ${pointers.join(', ')} out of its manifest`;
    throw failure(
      'Misconfigured',
      `${label(reference)} is kept by ${owner.tool} (${owner.by}): it would set back what a deployment writes there`,
      {
        remedy: `For every object of production ${rule}; then say so with production.gitops.ignored: true in the spec.`,
      },
    );
  }
}

export function gitOpsActivities({ git }: Ports) {
  return {
    /** Whether the repository that the cluster is applied from names what was released: else its next sync would bring the old version back. */
    async verifySource({ source, version, image }: SourceRequest, { signal }: Attempt): Promise<SourceReceipt> {
      const { remote, ref, path } = source;
      const refs = await git.remoteRefs(remote, ref, signal);
      const found = refs.get(`refs/heads/${ref}`) ?? refs.get(ref);
      if (!found) throw failure('CheckFailed', `The remote has no ref ${ref}`, { remedy: 'Correct production.gitops.source in the spec.' });
      const { directory, remove } = await git.checkout(remote, found.peeled ?? found.object, signal);
      try {
        const text = await readFile(join(directory, path), 'utf8').catch(() => null);
        if (text === null)
          throw failure('CheckFailed', `${path} cannot be read at ${ref}`, {
            remedy: 'Correct production.gitops.source.path in the spec.',
          });
        const digest = image.slice(image.indexOf('@') + 1);
        if (text.includes(version) || text.includes(digest)) return { commit: found.peeled ?? found.object };
        throw failure(
          'CheckFailed',
          `${path} at ${ref} names neither ${version} nor ${digest.slice(0, 19)}: it still has the old version`,
          {
            remedy: 'Commit the released version there, or its next sync brings the old one back.',
          },
        );
      } finally {
        await remove();
      }
    },
  };
}
