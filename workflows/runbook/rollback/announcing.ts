import { leftoverWords, plainMessage } from '../announcements';
import { about, type Announcement } from '../announcing';
import { span } from '../words';
import { levelTitles, type RollbackWish } from './level';

/** Runbook, rollback notification: an ended deployment was rolled back by a rung of the ladder. */
export function isRolledBack({ level, of, reason }: RollbackWish, says: string): Announcement {
  return {
    kind: 'rollback',
    key: 'rollback',
    title: 'rollback, when it is done',
    write: (facts) =>
      plainMessage(about(facts), 'rollback', facts.unwell.length > 0 ? 'IS DONE, AND THE SERVICE IS NOT WELL' : 'is done', [
        says,
        ...facts.unwell.map((left) => `Not well, and left so as nobody has decided:\n${leftoverWords(left)}`),
        ...(facts.waivers.length > 0 ? [`Left as it is, for people to look at: ${facts.waivers.join('; ')}`] : []),
        [
          `Rolled back: ${of}, by ${levelTitles[level]} (${level})`,
          `Asked for by ${facts.request.requester}${reason === undefined ? '' : `: ${reason}`}`,
          `Took ${span(facts.now - facts.startedAt)}`,
        ].join('\n'),
      ]),
  };
}
