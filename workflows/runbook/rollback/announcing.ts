import { plainMessage } from '../announcements';
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
      plainMessage(about(facts), 'rollback', 'is done', [
        says,
        ...(facts.waivers.length > 0 ? [`Left as it is, for people to look at: ${facts.waivers.join('; ')}`] : []),
        [
          `Rolled back: ${of}, by ${levelTitles[level]} (${level})`,
          `Asked for by ${facts.request.requester}${reason === undefined ? '' : `: ${reason}`}`,
          `Took ${span(facts.now - facts.startedAt)}`,
        ].join('\n'),
      ]),
  };
}
