import type { DeskState } from './desk-state';
import { ends } from './desk-endings';
import type { RollbackMessage } from './messages';
import type { Rule, Taken } from './reception';
import { levelTitles, withdraws, type RollbackLevel } from './runbook/rollback/level';
import { nothing } from './words';

type LevelRule = Pick<Rule<DeskState, RollbackMessage>, 'refuses' | 'takes'>;

/** Everything is put back on a person's word. A rollback is not rolled back by it: whoever says so wants what is under way already. */
function everything(decision: string): LevelRule {
  const { refuses, takes } = ends('rolled-back-by-person', '', decision, 'Rolled back');
  return {
    refuses: (state, message) => refusesEverything(state) ?? refuses(state, message),
    takes(state, message) {
      const { rollback, deploymentId } = state.request;
      if (!rollback) return takes(state, message);
      return nothing(
        state.ending
          ? `Not rolled back: this rollback itself is being put back. ${state.ending.reason}`
          : `Rolling back already: ${levelTitles[rollback.level]}, away from ${rollback.of}. See "analytics-deploy watch ${deploymentId}"; only "abort" would put everything back to where it was.`,
      );
    },
  };
}

/** Another rung is under way: it neither does what is asked for, nor is it ended in passing. */
function refusesEverything({ request: { rollback, deploymentId } }: DeskState): string | null {
  if (!rollback || withdraws(rollback)) return null;
  return `Not rolled back: ${deploymentId} is itself a rollback (${rollback.level}). End it first: analytics-deploy abort ${deploymentId}. Then: analytics-deploy rollback ${rollback.of} --level traffic`;
}

/** What each rung of the rollback ladder means while the deployment runs: when it is refused, and what it records. */
export const ladder: Readonly<Record<RollbackLevel, LevelRule>> = {
  traffic: everything('release'),
  /** The previous version still runs on the live colour: to put everything back is all of it. */
  system: everything('release (system)'),
  partial: { refuses: refusesPartial, takes: takesPartial },
  flags: { refuses: refusesFlags, takes: takesFlags },
  database: {
    refuses: ({ ending }) =>
      `Not rolled back: the database is put back after the deployment has ended${ending ? '' : '. Roll it back first'}, with "rollback ID --level database".`,
    takes: () => ({ answer: 'Nothing was done.', decision: null }),
  },
};

/** What every rung that only steps back needs: a deployment whose candidate gets traffic. */
function refusesRetreat({ ending, ramp, retreat, request }: DeskState, not: string): string | null {
  if (ending) return `${not}: everything is being put back already. ${ending.reason}`;
  if (request.rollback) return `${not}: this is a rollback itself. "abort" puts back what it changed.`;
  if (retreat) return `${not}: ${retreat.by} has asked for ${retreat.kind} just now, and that comes first. See "analytics-deploy status".`;
  if (ramp === null) return `${not}: nothing is ramped, the candidate gets no traffic yet. "rollback" without --level ends the deployment.`;
  return ramp.isCommitted
    ? `${not}: the release serves since the old colour was scaled down, and is about to end. Ask again after its end: "rollback ID --level …".`
    : null;
}

function refusesPartial(state: DeskState, { then }: RollbackMessage): string | null {
  const not = 'Not taken back in part';
  const general = refusesRetreat(state, not);
  if (general !== null) return general;
  const { ramp, retreating, request } = state;
  const { partial } = request.spec.rollback;
  if (!partial) return `${not}: the spec declares no rollback.partial. "rollback --level traffic" takes everything back.`;
  if (retreating?.kind === 'partial')
    return then === undefined
      ? `${not} again: ${retreating.by} has asked for it. Say what comes after it: --then zero or --then stay.`
      : null;
  if (ramp?.isWhole)
    return `${not}: callers inside the cluster have moved with the Service selector. "rollback --level traffic" takes everything back.`;
  if (ramp && ramp.share <= partial.share)
    return `${not}: the candidate has ${ramp.share} %, and a partial rollback leaves it ${partial.share} %. "rollback --level traffic" takes everything back.`;
  return null;
}

function takesPartial(state: DeskState, { by, then, comment }: RollbackMessage): Taken {
  const { retreating, request } = state;
  if (retreating?.kind === 'partial' && then !== undefined) {
    Object.assign(retreating, { by, then });
    const question = state.questions.find(({ view, answer }) => view.step === 'rollback.partial' && answer === null);
    if (question) question.answer = { kind: then, by, comment: comment ?? '' };
    return { answer: `After the watch: ${thens[then]}.`, decision: 'ramp' };
  }
  // A person who held the deployment wants it held there.
  const after = then ?? (state.paused ? 'stay' : 'ask');
  state.retreat = { kind: 'partial', by, then: after };
  const share = request.spec.rollback.partial?.share ?? 0;
  return { answer: `The candidate's share goes to ${share} % now and is watched. Then: ${thens[after]}.`, decision: 'ramp' };
}

const thens = { zero: 'everything goes back', stay: 'it stays there, paused', ask: 'you are asked whether the ramp goes on' } as const;

function refusesFlags(state: DeskState): string | null {
  const not = 'Flags not changed';
  const general = refusesRetreat(state, not);
  if (general !== null) return general;
  if (!state.request.spec.rollback.flags || !state.request.spec.flags)
    return `${not}: the spec declares no safe values below rollback.flags. "rollback --level traffic" takes everything back.`;
  if (state.retreating?.kind === 'flags') return `${not} again: ${state.retreating.by} has asked for it, and it is being done.`;
  return state.hasSafeFlags ? `${not}: the candidate has the safe values already. "rollback --level traffic" takes everything back.` : null;
}

function takesFlags(state: DeskState, { by }: RollbackMessage): Taken {
  state.retreat = { kind: 'flags', by, then: 'ask' };
  const asked = state.questions.find(({ answer }) => answer === null);
  const after = state.paused
    ? `then it stands still again: ${state.paused.by} has paused it`
    : asked
      ? `${asked.view.step} waits for its answer meanwhile`
      : "the interrupted watch goes on after its pods' rollout";
  return { answer: `The candidate gets the safe flags now; ${after}.`, decision: 'flags' };
}
