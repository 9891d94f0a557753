import { duration, list, section, share } from '../scalars';

const rung = section({
  share: share().describe("The candidate's share of the traffic; percent."),
  watch: duration({ least: 1 }).prefault('10m').describe('How long this share is watched; a duration (runbook: 10m).'),
});

export const ramp = section({
  initial: section({
    share: share().prefault(10).describe("The candidate's first share of the traffic; percent (runbook: 10)."),
    watch: duration({ least: 1 }).prefault('5m').describe('How long it is watched; a duration (runbook: 5m).'),
  })
    .prefault({})
    .describe('Step 2.2: the first share.'),
  steps: list(rung, 'shares', { least: 1, most: 50 })
    .prefault([{ share: 20 }, { share: 50 }, { share: 80 }, { share: 100 }])
    .describe('Step 2.3: the shares that follow, rising, the last one 100 (runbook: 20, 50, 80, 100).'),
  selectorWatch: duration({ least: 1 }).prefault('2m').describe('How long it is watched after the Service selector has moved; a duration.'),
  soak: duration().prefault('1h').describe('How long the old colour then stays warm, at the replicas that it had; a duration.'),
});
