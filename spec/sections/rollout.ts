import { duration, section } from '../scalars';

export const rollout = section({
  deadline: duration({ least: 1 }).prefault('10m').describe('How long a rollout may take before the step fails; a duration.'),
})
  .prefault({})
  .describe('Rules of the rollout.');
