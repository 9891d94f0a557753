import type { Milliseconds, RampSpec, TrafficMechanism } from '../../workflows/runbook/spec';
import { needed, openings } from '../../workflows/runbook/windows';
import { formatDuration } from '../duration';
import type { Finding, Path } from '../problems';
import { rule } from './rule';

export const freezesEnd = rule('a freeze ends after it begins', ['windows'], ({ windows }) =>
  (windows?.freezes ?? []).flatMap(({ from, to }, index): readonly Finding[] => {
    if (to > from) return [];
    const problem = `is ${stamp(to)}, and it begins ${stamp(from)}`;
    return [{ path: ['windows', 'freezes', index, 'to'], problem, expected: 'a freeze ends after it begins; the end is not included' }];
  }),
);
const stamp = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`;

/** Hours that end when they begin may mean nothing or a whole day: that is to be said. */
export const windowsHaveLength = rule('a window ends at another time than it begins', ['windows'], ({ windows }) => {
  if (!windows) return [];
  const hours: readonly (readonly [Path, { readonly from: Milliseconds; readonly to: Milliseconds }])[] = [
    ...windows.weekly.map((window, index) => [['windows', 'weekly', index], window] as const),
    ...(windows.peak ? [[['windows', 'peak'], windows.peak] as const] : []),
  ];
  return hours
    .filter(([, { from, to }]) => from === to)
    .map(([path]) => ({
      path: [...path, 'to'],
      problem: 'is when it begins',
      expected: 'it ends at another time',
      remedy: 'A whole day is from: 00:00, to: 24:00.',
    }));
});

/** Any week is like another one, but for freezes. */
const aWeek = { from: Date.UTC(2024, 0, 1), ahead: 8 * 86_400_000 };

export const windowsOpen = rule('peak hours leave something of each window', ['windows'], ({ windows }) => {
  if (!windows?.peak) return [];
  return windows.weekly.flatMap((window, index): readonly Finding[] => {
    if (window.from === window.to) return [];
    if (openings(aWeek.from, { ...windows, weekly: [window], freezes: [] }, aWeek.ahead).length > 0) return [];
    const problem = 'lies in peak hours';
    return [{ path: ['windows', 'weekly', index], problem, expected: 'a window is open at another time than windows.peak' }];
  });
});

/** The plan takes longer than its waits; where not even those fit, no deployment would ever begin. */
export const windowsHoldTheRamp = rule('a window holds the waits of the ramp', ['windows', 'ramp', 'production'], (spec) => {
  const { windows, ramp, production } = spec;
  if (!windows) return [];
  const run = waitsInWindow(ramp, production.traffic.mechanism);
  const least = needed({ run, buffer: windows.buffer, rollback: 0 });
  const lengths = openings(aWeek.from, { ...windows, freezes: [] }, aWeek.ahead).map(({ opens, closes }) => closes - opens);
  const longest = Math.max(0, ...lengths);
  if (longest === 0 || longest >= least) return [];
  return [
    {
      path: ['windows', 'weekly'],
      problem: `has at most ${formatDuration(longest)}`,
      expected: `the watches of the ramp and windows.buffer need ${formatDuration(least)} in one window`,
      remedy: 'Make a window longer, or the watches shorter.',
    },
  ];
});

/** From the first share to the end of the selector's watch. */
function waitsInWindow({ initial, steps, selectorWatch }: RampSpec, mechanism: TrafficMechanism): Milliseconds {
  if (mechanism === 'selector') return initial.watch;
  return [initial, ...steps].reduce((sum, { watch }) => sum + watch, mechanism === 'replicas' ? 0 : selectorWatch);
}

export const estimatesRise = rule('an estimate is at most what it is at least, or more', ['estimates'], ({ estimates }) =>
  Object.entries(estimates?.table ?? {}).flatMap(([kind, { least, most }]): readonly Finding[] => {
    if (most >= least) return [];
    const problem = `is ${formatDuration(most)}`;
    return [{ path: ['estimates', 'table', kind, 'most'], problem, expected: `it is at least ${formatDuration(least)}, as below "least"` }];
  }),
);

export const profilesAreNotStandard = rule('no profile is called standard', ['profiles'], ({ profiles = {} }) =>
  Object.hasOwn(profiles, 'standard')
    ? [{ path: ['profiles', 'standard'], problem: 'is the whole runbook', expected: 'a profile has another name', atKey: true }]
    : [],
);

export const profileWaitsAreSampled = rule(
  "a profile's watch holds at least two samples",
  ['profiles', 'watching', 'production'],
  ({ profiles = {}, watching, production }) => {
    const least = production.traffic.propagation + 2 * watching.every;
    return Object.entries(profiles).flatMap(([name, { waits }]) =>
      (['initial', 'steps', 'selectorWatch'] as const).flatMap((wait): readonly Finding[] => {
        const watch = waits[wait];
        if (watch === undefined || watch >= least) return [];
        const expected = `a watch lasts at least production.traffic.propagation and two samples of watching.every, ${formatDuration(least)}`;
        return [{ path: ['profiles', name, 'waits', wait], problem: `is ${formatDuration(watch)}`, expected }];
      }),
    );
  },
);
