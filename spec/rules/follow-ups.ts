import { mostEvents, mostLooks } from '../../workflows/runbook/post-deployment/room';
import type { FollowUpsSpec } from '../../workflows/runbook/spec';
import { formatDuration } from '../duration';
import { nearest } from '../nearest';
import type { Finding } from '../problems';
import { rule } from './rule';

export const followUpsFollow = rule('phases of the follow-ups follow one another', ['followUps'], ({ followUps }) =>
  (followUps?.phases ?? []).flatMap((phase, index, phases): readonly Finding[] => {
    const from = phases[index - 1]?.until ?? 0;
    const path = ['followUps', 'phases', index];
    if (phase.until <= from) {
      const problem = `is ${formatDuration(phase.until)} after ${formatDuration(from)}`;
      return [{ path: [...path, 'until'], problem, expected: 'each phase ends after the one before' }];
    }
    const length = phase.until - from;
    if (phase.every <= length) return [];
    const expected = `the phase lasts ${formatDuration(length)}, and is looked at at least once`;
    return [{ path: [...path, 'every'], problem: `is ${formatDuration(phase.every)}`, expected }];
  }),
);

export const followUpIdsAreUnique = rule('ids of the follow-ups are unique', ['followUps'], ({ followUps }) =>
  (followUps?.phases ?? []).flatMap(({ id }, index, phases): readonly Finding[] => {
    const first = phases.findIndex((phase) => phase.id === id);
    if (first === index) return [];
    const problem = `is ${JSON.stringify(id)} like followUps.phases[${first}].id`;
    return [{ path: ['followUps', 'phases', index, 'id'], problem, expected: 'each id is used once' }];
  }),
);

export const followUpsAskWhatIsAsked = rule(
  'the follow-ups ask for attestations of the spec',
  ['followUps', 'attestations'],
  ({ followUps, attestations = {} }) =>
    (followUps?.phases ?? []).flatMap((phase, index) =>
      phase.attestations.flatMap((id, place): readonly Finding[] => {
        if (Object.hasOwn(attestations, id)) return [];
        const path = ['followUps', 'phases', index, 'attestations', place];
        const similar = nearest(id, Object.keys(attestations));
        const remedy = similar ? `Did you mean ${similar}?` : `Say below attestations who answers for ${id}.`;
        return [{ path, problem: `is ${JSON.stringify(id)}`, expected: 'attestations has no such id', remedy }];
      }),
    ),
);

export const followUpsRollBackWhatIsThere = rule(
  'the follow-ups ask for a rung that there is',
  ['followUps', 'rollback'],
  ({ followUps, rollback }) => {
    const { then, level } = followUps?.onFailure ?? {};
    if (then !== 'rollback' || level !== 'flags' || rollback.flags) return [];
    const path = ['followUps', 'onFailure', 'level'];
    return [{ path, problem: 'is "flags"', expected: 'that rung needs rollback.flags', remedy: 'Add the safe values there.' }];
  },
);

export const looksAreFew = rule('the follow-ups are few looks', ['followUps'], ({ followUps }) => {
  if (!followUps) return [];
  const looks = looksOf(followUps);
  const most = mostLooks(followUps);
  if (looks <= most) return [];
  const expected = `with these phases the follow-ups of one deployment are at most ${most}, for ${mostEvents} events of history`;
  return [{ path: ['followUps', 'phases'], problem: `make ${looks} looks`, expected }];
});

function looksOf({ phases }: FollowUpsSpec): number {
  return phases.reduce(
    (sum, { every, until }, index) => sum + Math.max(0, Math.ceil((until - (phases[index - 1]?.until ?? 0)) / every)),
    0,
  );
}

export const looksFit = rule('a look ends before the next one', ['followUps', 'watching'], ({ followUps, watching }) => {
  if (!followUps) return [];
  const shortest = Math.min(...followUps.phases.map(({ every }) => every));
  const path = ['followUps', 'window'];
  const problem = `is ${formatDuration(followUps.window)}`;
  if (followUps.window >= shortest) return [{ path, problem, expected: `the next look is due after ${formatDuration(shortest)}` }];
  const least = 2 * watching.every;
  return followUps.window >= least
    ? []
    : [{ path, problem, expected: `a look holds at least two samples of watching.every, ${formatDuration(least)}` }];
});
