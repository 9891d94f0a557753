import { duration, section } from '../scalars';

export const attention = section({
  deadline: duration({ least: 1 })
    .prefault('30m')
    .describe('How long a step waits for a decision before the deployment rolls back; a duration.'),
  undoDeadline: duration({ least: 1 })
    .prefault('30m')
    .describe('How long an undo waits for a decision before it is listed as left; a duration.'),
  pauseDeadline: duration({ least: 1 })
    .exactOptional()
    .describe('How long a pause may last before the deployment rolls back; a duration, 24h where it is absent.'),
});
