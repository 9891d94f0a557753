/** What was asked for beside the standard runbook: a profile that leaves something out, an emergency that waits for no window. */
import type { DeploymentRequest } from './release';
import type { ProfileSpec, Spec } from './spec';
import type { Gate } from './step';
import { span } from './words';

type Asked = Pick<DeploymentRequest, 'spec' | 'profile' | 'emergency'>;

/** The name of the spec's own way, which leaves nothing out. */
export const standard = 'standard';

/** The profile that was asked for; undefined for the standard one, and for a name that the spec does not know: then nothing is left out. */
export function profileOf({ spec, profile = standard }: Pick<Asked, 'spec' | 'profile'>): ProfileSpec | undefined {
  return spec.profiles && Object.hasOwn(spec.profiles, profile) ? spec.profiles[profile] : undefined;
}

/** The request with no profile in its spec but the one that was asked for: the others are nothing to this deployment. */
export function withoutOtherProfiles<Request extends Asked>(request: Request): Request {
  const profile = profileOf(request);
  const { profiles: _, ...spec } = request.spec;
  return {
    ...request,
    spec: { ...spec, ...(profile && request.profile !== undefined ? { profiles: { [request.profile]: profile } } : {}) },
  };
}

/** The request with a spec that says what was asked for: what is left out is `off`, shorter waits are those of the ramp. Twice is once. */
export function tailored<Request extends Asked>(request: Request): Request {
  const profile = profileOf(request);
  if (!profile && !request.emergency) return request;
  const off = Object.entries(profile?.off ?? {}).map(([id, reason]) => [id, `${request.profile}: ${reason}`]);
  return {
    ...request,
    spec: {
      ...request.spec,
      ...(profile ? { ramp: shortened(request.spec.ramp, profile.waits) } : {}),
      off: {
        ...request.spec.off,
        ...(Object.fromEntries(off) as Spec['off']),
        ...(request.emergency ? { window: `emergency: ${request.emergency.reason}` } : {}),
      },
    },
  };
}

function shortened(ramp: Spec['ramp'], { initial, steps, selectorWatch, soak }: ProfileSpec['waits']): Spec['ramp'] {
  return {
    initial: { ...ramp.initial, watch: initial ?? ramp.initial.watch },
    steps: ramp.steps.map(({ share, watch }) => ({ share, watch: steps ?? watch })),
    selectorWatch: selectorWatch ?? ramp.selectorWatch,
    soak: soak ?? ramp.soak,
  };
}

/** What is done otherwise than by the standard runbook, one sentence each; for the plan, the gates and the report. */
export function leftOut(request: Asked): readonly string[] {
  const profile = profileOf(request);
  return [
    ...(request.emergency ? [`no window is waited for: ${request.emergency.reason}`] : []),
    ...(profile ? [...Object.entries(profile.off).map(([id, reason]) => `without ${id}: ${reason}`), ...otherWaits(profile)] : []),
  ];
}

function otherWaits({ waits }: ProfileSpec): readonly string[] {
  const named = [
    ['the first share', waits.initial],
    ['each further share', waits.steps],
    ['the selector', waits.selectorWatch],
    ['the soak', waits.soak],
  ] as const;
  const told = named.flatMap(([what, wait]) => (wait === undefined ? [] : [`${what} ${span(wait)}`]));
  return told.length === 0 ? [] : [`waits of its own: ${told.join(', ')}`];
}

/** A gate that is passed before production, and what it shows beside the release. */
export interface OpenedGate {
  readonly gate: Gate;
  readonly shows: readonly string[];
}

/** The gates of a request in the order in which they open: an emergency and a shorter profile are approved by themselves, then production. */
export function gatesOf(request: Asked): readonly OpenedGate[] {
  const { spec, emergency, profile: name } = request;
  const profile = profileOf(request);
  return [
    ...(emergency
      ? [
          {
            gate: {
              kind: 'gate',
              id: 'emergency',
              title: 'emergency: no window is waited for',
              besides: true,
              ...(spec.gates.emergency ?? spec.gates.production),
            } as const,
            shows: [`emergency: ${emergency.reason}`, 'production is written as soon as it is approved, in a freeze and at peak hours too'],
          },
        ]
      : []),
    ...(profile
      ? [
          {
            gate: { kind: 'gate', id: 'profile', title: `profile ${name}`, besides: true, ...profile.gate } as const,
            shows: [`profile ${name}: ${profile.about}`, ...leftOut({ spec, ...(name === undefined ? {} : { profile: name }) })],
          },
        ]
      : []),
    { gate: { kind: 'gate', id: 'production', title: 'go to production', ...spec.gates.production }, shows: [] },
  ];
}
