/** What messages call a run, and what its candidate's share of the traffic means for users: of a release, and of each rung that rolls one back. */
import type { DeploymentRequest, Release } from './release';
import type { RollbackLevel } from './rollback/level';
import type { Percent } from './spec';

/** A run as its messages speak of it. */
export interface Announced {
  /** `analytics v1.0.0`, `rollback of analytics v1.0.0 (flags)` */
  readonly name: string;
  /** What users have; null while the run has changed nothing for them. */
  readonly impact: (share: Percent | null) => string;
  /** What is said of users for whom nothing was changed at all. */
  readonly unaffected: string;
  /** What had the share of the traffic that `Users affected` counts; empty where the name says it. */
  readonly on: string;
  /** Production once the run has been put back. */
  readonly back: string;
  /** Production while it is not. */
  readonly still: (share: Percent) => string;
  /** How the run ended that was put back. */
  readonly ended: (somethingUndone: boolean) => string;
}

/** What is known of a run; the release is null until it is resolved. */
export function announced({ request, release }: { readonly request: DeploymentRequest; readonly release: Release | null }): Announced {
  const { spec, version, rollback } = request;
  if (!rollback) return aRelease(`${spec.service} ${version}`, spec.environment);
  const { level, brought } = rollback;
  const left = level === 'database' ? brought?.version : release?.from;
  return {
    name: `rollback of ${spec.service}${left === undefined ? '' : ` ${left}`} (${level})`,
    ended: (somethingUndone) => (somethingUndone ? 'was put back itself' : 'was not done'),
    ...rungs[level]({ left: left ?? 'what served', to: release?.version ?? 'the version before', in: spec.environment }),
  };
}

function aRelease(name: string, environment: string): Announced {
  return {
    name,
    impact: (share) =>
      share === null ? `none: no traffic of ${environment} is on the new version` : `${share} % of the traffic is on the new version`,
    unaffected: `none: no traffic of ${environment} had been moved`,
    on: '',
    back: `${name} is not the version of ${environment}.`,
    still: (share) => `${name} still has ${share} % of the traffic of ${environment}.`,
    ended: (somethingUndone) => (somethingUndone ? 'was rolled back' : 'was not deployed'),
  };
}

interface Sides {
  /** The version that is rolled back. */
  readonly left: string;
  /** The version that serves when the rollback is done. */
  readonly to: string;
  readonly in: string;
}
type Rung = (sides: Sides) => Omit<Announced, 'name' | 'ended'>;

const moves: Rung = ({ left, to, in: environment }) => ({
  impact: (share) => (share === null ? `${left} still serves, as before` : `${share} % of the traffic is on ${to} again`),
  unaffected: `none: no traffic of ${environment} had been moved`,
  on: to,
  back: `${left} serves ${environment}, as before this rollback.`,
  still: (share) => `${to} has ${share} % of the traffic of ${environment}.`,
});

/** What serves keeps all of the traffic, and is itself what is changed. */
const rungs: Readonly<Record<RollbackLevel, Rung>> = {
  traffic: moves,
  partial: moves,
  system: moves,
  flags: ({ to, in: environment }) => ({
    impact: (share) =>
      share === null
        ? `none: ${to} serves with the flags that it had`
        : `${share} % of the traffic is on ${to}, whose flags are being changed`,
    unaffected: `none: nothing of ${environment} was changed`,
    on: `${to} while its flags were changed`,
    back: `${to} serves ${environment} with the flags that it had.`,
    still: () => `${to} serves ${environment}, and its flags are not what they were.`,
  }),
  database: ({ to, in: environment }) => ({
    impact: () => `no traffic moves: ${to} serves on the database that is put back`,
    unaffected: `no traffic was moved: ${to} served on the database all the time`,
    on: `${to} while its database was put back`,
    back: `${to} serves ${environment}.`,
    still: () => `${to} serves ${environment}, on a database that may be half put back.`,
  }),
};
