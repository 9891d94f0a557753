import { differences, type DeploymentRequest, type Release } from '../release';
import type { Context, Runner, Section, Standstill } from '../step';
import { lockTarget } from '../phase-2-production/step-2.0-lock';
import { isRolledBack } from './announcing';
import { databaseSections, rollBackDatabase, rowsSince, rowsSinceAgain } from './database';
import { allReady, bringUp, deployAgain } from './destination';
import { flagsGate, flagsSubject, safeFlags } from './flags';
import { answersWell, smokeInProduction, stillAnswersWell } from './health';
import { withdraws, type RollbackLevel, type RollbackWish } from './level';
import type { Releases } from './released';
import { againId, lookAtMigrations, resolveAgain, resolveRollback, rollbackRequest, type Looked } from './resolve';
import { autoscalersAsBefore, switchAll } from './switch';

/** What a rung does once it is known where it goes. */
interface Rung {
  /** With the lock held. */
  readonly sections: readonly Section[];
  /** Asks and does it by itself, with what it has seen; answers with the one sentence of the report. */
  readonly performs?: (runbook: Runner, context: Context, wish: RollbackWish, looked: Looked) => Promise<string>;
  /** People decide before anything is written. */
  readonly approve?: (runbook: Runner, context: Context, changed: readonly string[]) => Promise<void>;
}

/** The rungs that a rollback of an ended deployment can take. Partial is none of them: it is refused when it is resolved. */
const rungs: Readonly<Record<RollbackLevel, Rung>> = {
  traffic: { sections: [bringUp, switchAll, answersWell, allReady, autoscalersAsBefore] },
  system: { sections: [deployAgain, switchAll, answersWell, smokeInProduction, allReady, autoscalersAsBefore] },
  flags: { sections: [safeFlags, stillAnswersWell], approve: approveFlags },
  partial: { sections: [], performs: async () => '' },
  database: { sections: databaseSections, performs: rollBackDatabase },
};

/** Looks that refuse a rung which does not apply, or not any more. */
export const refusing: readonly string[] = [resolveRollback.id, againId, rowsSince.id, rowsSinceAgain.id];

/** Every section of the ladder, for their titles. */
export const rollbackSections: readonly Section[] = [...new Set(Object.values(rungs).flatMap(({ sections }) => sections))];

/** The rollback of an ended deployment (runbook, rollback procedures), made of the same verbs and undone as any other where it fails. */
export async function rollback(runbook: Runner, request: DeploymentRequest, wish: RollbackWish): Promise<void> {
  const { sections, performs } = rungs[wish.level];
  const looked = await lookAtMigrations(runbook, request, wish);
  const resolved: Context = { request, release: await runbook.look(resolveRollback, rollbackRequest(request, wish, looked)) };
  const done = performs ? await performs(runbook, resolved, wish, looked) : null;
  const context = done === null ? await locked(runbook, resolved, wish) : resolved;
  if (done === null) for (const section of sections) await runbook.section(section, context);
  const says = done ?? outcome(context, wish);
  runbook.releases(done === null ? found(context, wish) : nothingNew(context), says);
  await runbook.announce(isRolledBack(wish, says));
}

/**
 * Answers with what is written on, once the lock is held. After every wait for people or for the lock it is resolved again; where something has
 * changed people decide anew, at the rung's gate or, where it has none, whether it goes on.
 */
async function locked(runbook: Runner, { request, release: first }: Context, wish: RollbackWish): Promise<Context> {
  const { approve } = rungs[wish.level];
  let release = first;
  let changed: readonly string[] = [];
  const lookAgain = async (): Promise<readonly string[]> => {
    const looked = await lookAtMigrations(runbook, request, wish, 'gate.migrations');
    const again = approve ? resolveAgain(release) : { ...resolveAgain(release), section: 'resolve' };
    const now = await runbook.look(again, rollbackRequest(request, wish, looked));
    changed = now.digest === release.digest ? [] : changesOf(wish, release, now);
    release = now;
    return changed;
  };
  for (;;) {
    const isAsked = approve !== undefined || changed.length > 0;
    if (approve) await approve(runbook, { request, release }, changed);
    else if (isAsked) await runbook.goOn(isOther(changed));
    if (isAsked && (await lookAgain()).length > 0) continue;
    if (await lockTarget(runbook, { request, release }, lookAgain)) return { request, release };
  }
}

async function approveFlags(runbook: Runner, { request, release }: Context, changed: readonly string[]): Promise<void> {
  await runbook.approve(flagsGate(request), { ...flagsSubject(release, request), changed }, { request, release });
}

/** Nobody has decided on a rollback of this. */
function isOther(changed: readonly string[]): Standstill {
  return {
    id: 'rollback.changed',
    title: 'what is rolled back has changed',
    reason: `while it waited: ${changed.join('; ')}: retry goes on with what is there now, abort leaves it as it is`,
  };
}

function changesOf(wish: RollbackWish, before: Release, now: Release): readonly string[] {
  return withdraws(wish) ? differences(before, now) : [`${serving(before)} → ${serving(now)}`];
}

function serving({ version, candidate }: Release): string {
  return `${candidate.colour} with ${version} and ${candidate.flagsConfigMap ?? 'no flags'}`;
}

/** What serves now is on record, well or not: the next rung goes on from there. What was left is on record as rolled back from. */
function found({ request, release }: Context, wish: RollbackWish): Releases {
  const { image, flags } = request.spec;
  return {
    // With other flags it is still the release of whoever released it.
    healthy: [{ deployment: release.candidate.deployment, image: release.image, version: withdraws(wish) ? release.version : null }],
    withdrawn: withdraws(wish) ? [release.live.image] : [],
    container: image.container,
    ...(flags ? { flagsPrefix: flags.configMap } : {}),
  };
}

/** No colour was changed: what is known of them stays. */
function nothingNew({ request }: Context): Releases {
  return { healthy: [], withdrawn: [], container: request.spec.image.container };
}

/** The one sentence of the report. */
function outcome({ request, release }: Context, wish: RollbackWish): string {
  const { service } = request.spec;
  const { version, from, candidate } = release;
  return withdraws(wish)
    ? `${service} is back on ${version} (${candidate.colour}); ${from ?? 'what served before'} is on record as rolled back from.`
    : `${service} ${version} serves with the safe flags (${candidate.colour}).`;
}
