import type { ResolveRequest } from '../workflows/runbook/contract';
import type { ColourState, NamedFlags, Release } from '../workflows/runbook/release';
import type { Attempt } from './activity';
import { digestOf } from './canonical';
import { failure } from './failures';
import type { Ports } from './ports';
import type { Autoscaler, Reference } from './ports/kubernetes';
import { refuseGitOps } from './gitops';
import { readyEndpoints } from './health';
import { mechanismOf } from './traffic';
import { readingChange } from './traffic/reading';
import { describeWeights } from './traffic/weights';
import { acceptTag, findTag } from './tag';
import { ownOf } from './workloads';

/** The spec resolved against the world. Reads only. */
export function releaseActivities(ports: Ports) {
  return {
    async resolveRelease(request: ResolveRequest, attempt: Attempt): Promise<Release> {
      const tag = request.tag.name.replaceAll('{version}', request.version);
      const [commit, image, world] = await Promise.all([
        resolveCommit(ports, request, tag, attempt.signal),
        resolveImage(ports, request, attempt.signal),
        resolveColours(ports, request),
      ]);
      const flags = request.flags && { configMap: nameFlags(request.flags), data: request.flags.data };
      const facts = { version: request.version, tag, commit, image, ...world, ...(flags ? { flags } : {}) };
      const safeFlags = safeFlagsOf(request.flags);
      return {
        ...facts,
        ...(safeFlags ? { safeFlags } : {}),
        digest: digestOf({ ...facts, live: withoutCounts(world.live), candidate: withoutCounts(world.candidate) }),
      };
    },
  };
}

/** The flags with the safe values over them: a ConfigMap of its own, made only if somebody asks for it. */
function safeFlagsOf(flags: ResolveRequest['flags']): NamedFlags | null {
  if (flags?.safe === undefined) return null;
  const data = { ...flags.data, ...flags.safe };
  return { configMap: nameFlags({ prefix: flags.prefix, data }), data };
}

/** The commit behind the spec's ref, or the one that was asked for; a tag of the release's name must not name another. */
async function resolveCommit({ git }: Ports, { tag: spec, commit }: ResolveRequest, tag: string, signal: AbortSignal): Promise<string> {
  const wanted = commit ?? (await commitOf(git, spec.remote, spec.ref, signal));
  const existing = await findTag(git, spec.remote, tag, signal);
  if (existing) acceptTag(existing, tag, wanted);
  return wanted;
}

/** A branch before a tag of the same name, as git itself prefers neither silently. */
async function commitOf(git: Ports['git'], remote: string, ref: string, signal: AbortSignal): Promise<string> {
  const refs = await git.remoteRefs(remote, ref, signal);
  const found = [ref, `refs/heads/${ref}`, `refs/tags/${ref}`].map((name) => refs.get(name)).find((entry) => entry !== undefined);
  if (found) return found.peeled ?? found.object;
  throw failure('NotFound', `The remote has no ref ${ref}`, { remedy: 'Push it, or correct tag.ref in the spec.' });
}

/** By digest: from the spec, or once from the registry by the version's tag. */
async function resolveImage(
  { registry, secrets }: Ports,
  { image, tokens, version }: ResolveRequest,
  signal: AbortSignal,
): Promise<string> {
  if (image.digest !== undefined) return `${image.repository}@${image.digest}`;
  const reference = image.token === undefined ? undefined : tokens[image.token];
  const token = reference && (await secrets.resolve(reference));
  return `${image.repository}@${await registry.digestOf({ repository: image.repository, tag: version, api: image.registry, token, signal })}`;
}

/** What the colours are read by. */
export interface ColoursRequest extends Pick<ResolveRequest, 'production'> {
  readonly image: Pick<ResolveRequest['image'], 'container'>;
  readonly flags?: Pick<NonNullable<ResolveRequest['flags']>, 'prefix'>;
}

/** Live is the colour that the Service's selector names; the route must agree. The candidate is the other one. */
export async function resolveColours(ports: Ports, request: ColoursRequest) {
  const { production, image, flags } = request;
  const { kubernetes } = ports;
  const { cluster, namespace, service: name, selectorKey, colours, traffic } = production;
  const place = { cluster, namespace };
  const service = await existing(kubernetes, { kind: 'Service', ...place, name });
  const names = Object.keys(colours);
  // Where one Service selects both colours, the live one is the one that has pods.
  const selected = traffic.mechanism === 'replicas' ? await onlyColourWithPods(kubernetes, request) : (service.selector[selectorKey] ?? '');
  const [liveColour, candidateColour] = [names.find((colour) => colour === selected), names.find((colour) => colour !== selected)];
  if (liveColour === undefined || candidateColour === undefined || names.length !== 2) {
    throw failure(
      'Misconfigured',
      `The selector of service ${namespace}/${name} has ${selectorKey}=${selected || '(nothing)'}, the spec's colours are ${names.join(' and ')}`,
      {
        remedy: 'Name both colours in the spec as the selector does.',
      },
    );
  }
  const autoscalers = await kubernetes.autoscalers(place);
  const stateOf = async (colour: string): Promise<ColourState> => {
    const at = colours[colour];
    if (!at) throw failure('Misconfigured', `The spec has no colour ${colour}`, { remedy: 'Name both colours in the spec.' });
    const deployment = await existing(kubernetes, { kind: 'Deployment', ...place, name: at.deployment });
    const own = ownOf(deployment, { container: image.container, ...(flags ? { flagsPrefix: flags.prefix } : {}) });
    const readyReplicas = await readyEndpoints(ports, place, at.service);
    const autoscaler = autoscalers.find(({ target }) => target.kind === 'Deployment' && target.name === at.deployment);
    return { colour, ...at, ...own, readyReplicas, ...(autoscaler ? { autoscaler: bounds(autoscaler) } : {}) };
  };
  const [live, candidate] = await Promise.all([stateOf(liveColour), stateOf(candidateColour)]);
  refuseScaledShares(request, [live, candidate]);
  const reading = readingChange(production, image.container, live, candidate);
  const deployments = [live, candidate].map(({ deployment }) => ({ kind: 'Deployment', ...place, name: deployment }) as const);
  await refuseGitOps(ports, request, [
    ...deployments,
    { kind: 'Service', ...place, name },
    ...(reading ? mechanismOf(ports, reading).reaches(reading) : []),
  ]);
  const weights = await weightsOf(ports, request, live, candidate);
  if ((weights[live.colour] ?? 0) === 0 || (weights[candidate.colour] ?? 0) > 0) {
    throw failure(
      'Misconfigured',
      `Selector and route disagree: service ${name} selects ${selected}, ${traffic.route ?? traffic.mechanism} has weights ${describeWeights(weights)}`,
      {
        remedy: `Finish or undo what is under way, so that ${selected} has all the weight, then start again.`,
      },
    );
  }
  if (live.replicas === 0) {
    throw failure('Misconfigured', `The live colour ${live.colour} is scaled to 0`, {
      remedy: 'Scale it to the capacity that production needs.',
    });
  }
  return { live, candidate, weights, selected };
}

/** How the traffic is shared now; with the Service selector alone all of it is where that points. */
async function weightsOf(ports: Ports, request: ColoursRequest, live: ColourState, candidate: ColourState): Promise<Release['weights']> {
  const change = readingChange(request.production, request.image.container, live, candidate);
  if (change === null) return { [live.colour]: 100, [candidate.colour]: 0 };
  return (await mechanismOf(ports, change).read(change)).weights;
}

/** @throws Misconfigured where both colours have pods, or none has: then nobody can say which one serves. */
async function onlyColourWithPods(kubernetes: Ports['kubernetes'], { production }: ColoursRequest): Promise<string> {
  const { cluster, namespace, colours } = production;
  const found = await Promise.all(
    Object.entries(colours).map(async ([colour, { deployment }]) => {
      const { replicas } = await existing(kubernetes, { kind: 'Deployment', cluster, namespace, name: deployment });
      return { colour, replicas };
    }),
  );
  const serving = found.filter(({ replicas }) => replicas > 0);
  const [only] = serving;
  if (only && serving.length === 1) return only.colour;
  const said = found.map(({ colour, replicas }) => `${colour} ${replicas}`).join(', ');
  throw failure('Misconfigured', `Replicas do not say which colour is live: ${said}`, {
    remedy: 'Scale the one that does not serve to 0.',
  });
}

async function existing<K extends 'Service' | 'Deployment'>(kubernetes: Ports['kubernetes'], reference: Reference<K>) {
  const found = await kubernetes.read(reference);
  if (found !== null) return found;
  throw failure('NotFound', `${reference.kind} ${reference.namespace}/${reference.name} does not exist`, {
    remedy: 'Create it or correct the spec; `doctor` lists everything that is missing.',
  });
}

function bounds({ meta, minimum, maximum }: Autoscaler) {
  return { name: meta.name, minimum, maximum };
}

/** The name ends in the content's hash: other content is another ConfigMap. */
export function nameFlags({ prefix, data }: Pick<NonNullable<ResolveRequest['flags']>, 'prefix' | 'data'>): string {
  return `${prefix}-${digestOf(data).slice(0, 10)}`;
}

/** Where pods are the shares, whatever else sets their number would set the shares. */
function refuseScaledShares({ production }: ColoursRequest, colours: readonly ColourState[]): void {
  if (production.traffic.mechanism !== 'replicas') return;
  const scaled = colours.flatMap(({ deployment, autoscaler }) => (autoscaler ? [`${autoscaler.name} scales ${deployment}`] : []));
  if (scaled.length === 0) return;
  throw failure('Misconfigured', `With the mechanism replicas the number of pods is the share, and ${scaled.join(', ')}`, {
    remedy: 'Take the autoscaler off while the deployment runs, or use another mechanism.',
  });
}

/** Replicas come and go with the load: they are no part of what is approved. */
export function withoutCounts({ replicas: _, readyReplicas: __, autoscaler: ___, ...rest }: ColourState) {
  return rest;
}
