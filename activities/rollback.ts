import type { ResolveRollbackRequest } from '../workflows/runbook/contract';
import type { ColourState, NamedFlags, Release } from '../workflows/runbook/release';
import { stillApplied, takenBack } from '../workflows/runbook/rollback/brought';
import { namesOf } from '../workflows/runbook/database';
import type { DatabaseWish } from '../workflows/runbook/rollback/level';
import {
  otherColour,
  previousVersion,
  releasedByAnother,
  releasedSince,
  versionOf,
  type Destination,
  type Released,
} from '../workflows/runbook/rollback/released';
import { digestOf } from './canonical';
import { failure } from './failures';
import type { Ports } from './ports';
import { nameFlags, resolveColours, withoutCounts } from './release';
import { readRecord, recordReference } from './target-record';

/** The rungs of the ladder after a deployment has ended: where each goes, by what is live and by what the record knows. */
export function rollbackActivities(ports: Ports) {
  const { kubernetes } = ports;

  async function flagsNamed({ production }: ResolveRollbackRequest, name: string): Promise<NamedFlags | null> {
    const { cluster, namespace } = production;
    const found = await kubernetes.read({ kind: 'ConfigMap', cluster, namespace, name });
    return found && { configMap: name, data: found.data };
  }

  /** The other colour gets the traffic: as it stands, or with another image. */
  async function toOther(request: ResolveRollbackRequest, world: World, to: Destination): Promise<Facts> {
    const known = accept(to);
    mustWorkWith(request, known.version);
    const { flagsConfigMap } = known;
    const flags = flagsConfigMap === null ? null : await flagsNamed(request, flagsConfigMap);
    if (flagsConfigMap !== null && flags === null) {
      throw notApplicable(`${known.version} served with configmap ${flagsConfigMap}, which does not exist any more`, {
        remedy: 'Create it again from the history, or deploy the version anew: analytics-deploy start --release VERSION.',
      });
    }
    return { ...world.colours, version: known.version, image: known.image, ...(flags ? { flags } : {}) };
  }

  /** The colour that serves is what is changed: it takes the candidate's place, and the other colour gets nothing. */
  async function safeFlags(request: ResolveRollbackRequest, { colours, released }: World): Promise<Facts> {
    const { live, candidate } = colours;
    const another = releasedByAnother(live.image, released, request.of);
    if (another) throw notApplicable(another.reason, another);
    const { prefix = '', safe = {} } = request.flags ?? {};
    if (Object.keys(safe).length === 0) {
      throw notApplicable('the spec declares no safe values of flags', { remedy: 'Add them below rollback.flags.values.' });
    }
    const current = live.flagsConfigMap === null ? null : await flagsNamed(request, live.flagsConfigMap);
    if (current === null) {
      throw notApplicable(`${live.colour} names no flags' ConfigMap that exists`, {
        remedy: "Its flags are not this tool's: set them where they are.",
      });
    }
    const data = { ...current.data, ...safe };
    const configMap = nameFlags({ prefix, data });
    if (Object.entries(safe).every(([name, value]) => current.data[name] === value)) {
      throw notApplicable(`the flags of ${live.colour} have their safe values already`, { remedy: 'Use another rung: --level traffic.' });
    }
    const version = versionOf(live.image, released);
    return { ...colours, live: candidate, candidate: live, version, image: live.image, flags: { configMap, data } };
  }

  /**
   * No colour changes: what serves goes on serving, and must not be the release whose database goes back. Unless nothing can go back before the
   * database has: what served before does not work with it.
   */
  async function database(request: ResolveRollbackRequest, { colours, released }: World): Promise<Facts> {
    const { database: facts, of, brought, isContract } = request;
    const { live, candidate } = colours;
    if (!facts?.isDeclared) {
      throw notApplicable('the spec has no database, or does not say who decides on its rollback', {
        remedy: 'Add database, and rollback.database with its gate.',
      });
    }
    const { wish, keepsDumps, hasWayDown } = facts;
    const version = versionOf(live.image, released);
    const isFirst = isContract && brought !== undefined && brought.names.length > 0;
    if (!isFirst && released.find(({ image }) => image === live.image)?.deployment === of) {
      throw notApplicable(`${version} still serves, and its database would go from under it`, {
        remedy: `Move the traffic first: analytics-deploy rollback ${of} --level traffic`,
      });
    }
    const since = releasedSince(live.image, released, of);
    if (since) throw notApplicable(since.reason, since);
    const serves = { ...colours, live: candidate, candidate: live, version, image: live.image };
    if (wish.by === 'backup') {
      if (keepsDumps) return serves;
      throw notApplicable('the spec keeps no dumps', {
        remedy: "Restore the managed snapshot by the provider's own means, or use --by migrations.",
      });
    }
    if (!hasWayDown)
      throw notApplicable('the migrations have no way down', { remedy: 'Use --by backup, or add database.migrations.down.' });
    mustComeWith(request, wish);
    return serves;
  }

  const rungs: Readonly<Record<ResolveRollbackRequest['level'], (request: ResolveRollbackRequest, world: World) => Promise<Facts>>> = {
    traffic: (request, world) => toOther(request, world, otherColour(standingOf(request, world))),
    system: (request, world) => toOther(request, world, previousVersion(standingOf(request, world))),
    flags: safeFlags,
    partial: async () => {
      throw notApplicable('nothing is ramped, and no deployment runs', {
        remedy: 'Use --level traffic: all of it goes back to the other colour.',
      });
    },
    database,
  };

  return {
    async resolveRollback(request: ResolveRollbackRequest): Promise<Release> {
      const { production, container, flags, target, level, applied } = request;
      const [colours, record] = await Promise.all([
        resolveColours(ports, { production, image: { container }, ...(flags ? { flags } : {}) }),
        kubernetes.read(recordReference(target)).then(readRecord),
      ]);
      const world: World = { colours, released: record?.released ?? [] };
      const facts = await rungs[level](request, world);
      const from = versionOf(colours.live.image, world.released);
      const seen = {
        level,
        ...(request.database ? { database: request.database.wish } : {}),
        ...(request.database?.backup ? { backup: request.database.backup } : {}),
        ...(applied ? { applied } : {}),
        ...facts,
        live: withoutCounts(facts.live),
        candidate: withoutCounts(facts.candidate),
      };
      return { ...facts, tag: '', commit: '', from, digest: digestOf(seen) };
    },
  };
}

interface World {
  readonly colours: Pick<Release, 'live' | 'candidate' | 'weights' | 'selected'>;
  readonly released: readonly Released[];
}
type Facts = Pick<Release, 'version' | 'image' | 'live' | 'candidate' | 'weights' | 'selected' | 'flags'>;

function standingOf({ of }: ResolveRollbackRequest, { colours: { live, candidate }, released }: World) {
  return { live: live.image, other: facts(candidate), released, of };
}
function facts({ colour, image, flagsConfigMap }: ColourState) {
  return { colour, image, flagsConfigMap };
}

/** Code of before and migrations that contract do not go together: one of the two is decided on first. */
function mustWorkWith({ brought, isContract, applied, of }: ResolveRollbackRequest, version: string): void {
  if (!brought || !isContract || !applied) return;
  const still = stillApplied(brought, applied);
  if (still.length === 0) return;
  throw notApplicable(`${version} does not work with ${namesOf(still)}, which ${brought.version} has applied (contract)`, {
    remedy: `Take that back first: analytics-deploy rollback ${of} --level database --by migrations${still.length > 1 ? ` --steps ${still.length}` : ''}. Where it must be so all the same: --accept-contract "why".`,
  });
}

/** Only what the deployment brought is taken back, and only while nothing newer lies on it. */
function mustComeWith({ brought, applied, of }: ResolveRollbackRequest, wish: DatabaseWish): void {
  if (!brought || brought.names.length === 0) throw notApplicable(`${of} has applied no migrations`, { remedy: 'Use --by backup.' });
  if (!applied || takenBack(brought, applied, wish).length > 0) return;
  const still = stillApplied(brought, applied);
  const found = `the newest that is applied is ${applied.last ?? 'none'}`;
  if (still.length === 0)
    throw notApplicable(`none of the migrations of ${of} can be taken back: ${found}`, { remedy: 'Use --by backup.' });
  throw notApplicable(`of the newest ${wish.steps ?? 1} migrations ${of} has applied ${still.length} (${namesOf(still)})`, {
    remedy: `Take back at most those: --steps ${still.length}.`,
  });
}

function accept(to: Destination) {
  if (to.kind === 'known') return to;
  throw notApplicable(to.reason, { remedy: to.remedy });
}
function notApplicable(what: string, { remedy }: { readonly remedy: string }): Error {
  return failure('NotApplicable', `Not rolled back: ${what}`, { remedy });
}
