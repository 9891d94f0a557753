import type { DeploymentRequest, Release } from '../release';
import type { Context, Runner, Section } from '../step';
import { lock } from '../phase-2-production/step-2.0-lock';
import { isRolledBack } from './announcing';
import { databaseSections, rollBackDatabase } from './database';
import { bringUp, deployAgain } from './destination';
import { flagsGate, flagsSubject, safeFlags } from './flags';
import { answersWell, smokeInProduction, stillAnswersWell } from './health';
import { withdraws, type RollbackLevel, type RollbackWish } from './level';
import type { Releases } from './released';
import { lookAtMigrations, resolveAgain, resolveRollback, rollbackRequest, type Looked } from './resolve';
import { autoscalersAsBefore, switchAll } from './switch';

/** What a rung does once it is known where it goes. */
interface Rung {
  readonly sections: readonly Section[];
  /** Asks and does it by itself, with what it has seen; answers with the one sentence of the report. */
  readonly performs?: (runbook: Runner, context: Context, wish: RollbackWish, looked: Looked) => Promise<string>;
  /** People decide before anything is written; answers with what was approved. */
  readonly approved?: (runbook: Runner, context: Context, wish: RollbackWish) => Promise<Release>;
}

/** The rungs that a rollback of an ended deployment can take. Partial is none of them: it is refused when it is resolved. */
const rungs: Readonly<Record<RollbackLevel, Rung>> = {
  traffic: { sections: [lock, bringUp, switchAll, answersWell, autoscalersAsBefore] },
  system: { sections: [lock, deployAgain, switchAll, answersWell, smokeInProduction, autoscalersAsBefore] },
  flags: { sections: [lock, safeFlags, stillAnswersWell], approved: approveFlags },
  partial: { sections: [] },
  database: { sections: databaseSections, performs: rollBackDatabase },
};

/** Every section of the ladder, for their titles. */
export const rollbackSections: readonly Section[] = [...new Set(Object.values(rungs).flatMap(({ sections }) => sections))];

/** The rollback of an ended deployment (runbook, rollback procedures), made of the same verbs and undone as any other where it fails. */
export async function rollback(runbook: Runner, request: DeploymentRequest, wish: RollbackWish): Promise<void> {
  const { sections, approved, performs } = rungs[wish.level];
  const looked = await lookAtMigrations(runbook, request, wish);
  let release = await runbook.look(resolveRollback, rollbackRequest(request, wish, looked));
  if (approved) release = await approved(runbook, { request, release }, wish);
  const context: Context = { request, release };
  const done = performs ? await performs(runbook, context, wish, looked) : null;
  if (done === null) for (const section of sections) await runbook.section(section, context);
  const says = done ?? outcome(context, wish);
  runbook.releases(done === null ? found(context, wish) : nothingNew(context), says);
  await runbook.announce(isRolledBack(wish, says));
}

/** Opens again with the difference where the world has changed since it was approved. */
async function approveFlags(runbook: Runner, { request, release: first }: Context, wish: RollbackWish): Promise<Release> {
  let release = first;
  let changed: readonly string[] = [];
  for (;;) {
    await runbook.approve(flagsGate(request), { ...flagsSubject(release, request), changed }, { request, release });
    const now = await runbook.look(resolveAgain(release), rollbackRequest(request, wish, {}));
    if (now.digest === release.digest) return now;
    changed = [`${serving(release)} → ${serving(now)}`];
    release = now;
  }
}

function serving({ version, candidate }: Release): string {
  return `${candidate.colour} with ${version} and ${candidate.flagsConfigMap ?? 'no flags'}`;
}

/** What serves now is on record as healthy; what was left is on record as rolled back from. */
function found({ request, release }: Context, wish: RollbackWish): Releases {
  const { image, flags } = request.spec;
  return {
    healthy: [{ deployment: release.candidate.deployment, image: release.image, version: release.version }],
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
