import { formatDuration } from '../duration';
import type { Finding } from '../problems';
import { rule } from './rule';

export const rungsRise = rule('shares rise and end at 100', ['ramp'], ({ ramp }) => {
  const falls = ramp.steps.flatMap(({ share }, index): readonly Finding[] => {
    const before = ramp.steps[index - 1]?.share;
    if (before === undefined || share > before) return [];
    return [
      {
        path: ['ramp', 'steps', index, 'share'],
        problem: `is ${share} after ${before}`,
        expected: 'each share is higher than the one before',
      },
    ];
  });
  const last = ramp.steps.at(-1)?.share;
  if (falls.length > 0 || last === 100) return falls;
  const path = ['ramp', 'steps', ramp.steps.length - 1, 'share'];
  return [{ path, problem: `is ${last}`, expected: 'the last share is 100', remedy: 'Add a step with share: 100.' }];
});

export const initialIsLowest = rule('the first share is the lowest', ['ramp'], ({ ramp }) => {
  const { share } = ramp.initial;
  const next = ramp.steps[0]?.share ?? 100;
  const path = ['ramp', 'initial', 'share'];
  if (share <= 0) return [{ path, problem: `is ${share}`, expected: 'the first share is more than 0 %, or nothing is watched' }];
  return share < next ? [] : [{ path, problem: `is ${share}`, expected: `the first share is below the next one, ${next} %` }];
});

export const watchesAreSampled = rule('a watch holds at least two samples', ['ramp', 'watching', 'production'], (spec) => {
  const { ramp, watching, production } = spec;
  const least = production.traffic.propagation + 2 * watching.every;
  const watches = [
    { path: ['ramp', 'initial', 'watch'], watch: ramp.initial.watch },
    ...ramp.steps.map(({ watch }, index) => ({ path: ['ramp', 'steps', index, 'watch'], watch })),
    { path: ['ramp', 'selectorWatch'], watch: ramp.selectorWatch },
  ];
  return watches
    .filter(({ watch }) => watch < least)
    .map(({ path, watch }) => ({
      path,
      problem: `is ${formatDuration(watch)}`,
      expected: `a watch lasts at least production.traffic.propagation and two samples of watching.every, ${formatDuration(least)}`,
    }));
});
