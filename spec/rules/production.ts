import type { ColourSpec } from '../../workflows/runbook/spec';
import { distance } from '../nearest';
import type { Finding, Path } from '../problems';
import { rule } from './rule';

const colours: Path = ['production', 'colours'];

export const twoColours = rule('there are two colours', ['production'], ({ production }) => {
  const names = Object.keys(production.colours);
  if (names.length === 2) return [];
  const has = names.length === 0 ? 'names no colour' : `names ${names.length}: ${names.join(', ')}`;
  return [{ path: colours, problem: has, expected: 'blue-green needs exactly two colours, such as blue and green' }];
});

export const coloursShareNothing = rule('colours share no object', ['production'], ({ production }) => {
  const findings: Finding[] = [];
  const users = new Map<string, string>([[`service ${production.service}`, 'production.service']]);
  for (const [colour, objects] of Object.entries(production.colours)) {
    for (const kind of ['deployment', 'service'] as const) {
      const object = `${kind} ${objects[kind]}`;
      const user = users.get(object);
      const path = [...colours, colour, kind];
      if (user)
        findings.push({
          path,
          problem: `is ${JSON.stringify(objects[kind])} like ${user}`,
          expected: `each colour has a ${kind} of its own`,
        });
      else users.set(object, `production.colours.${colour}.${kind}`);
    }
  }
  return findings;
});

/** `gren` with the Deployment `analytics-green`: one of the two is a slip of the keyboard. */
export const coloursAreSpelled = rule('colours are spelled like their objects', ['production'], ({ production }) =>
  Object.entries(production.colours).flatMap(([colour, objects]) =>
    (['deployment', 'service'] as const).flatMap((kind): readonly Finding[] => {
      const meant = misspelling(colour, objects, kind);
      if (!meant) return [];
      const problem = `is ${JSON.stringify(objects[kind])} for the colour ${colour}`;
      return [{ path: [...colours, colour, kind], problem, expected: 'the two are spelled differently', remedy: `Did you mean ${meant}?` }];
    }),
  ),
);

function misspelling(colour: string, objects: ColourSpec, kind: keyof ColourSpec): string | undefined {
  const words = objects[kind].split(/[-.]/);
  if (words.includes(colour)) return undefined;
  const close = words.find((word) => word.length > 2 && distance(word, colour) <= 2 && distance(word, colour) < colour.length / 2);
  return close === undefined ? undefined : `${objects[kind].replace(close, colour)}, or the colour ${close}`;
}

export const stagingIsApart = rule('staging is not production', ['staging', 'production'], ({ staging, production }) => {
  if (staging.cluster !== production.cluster || staging.namespace !== production.namespace) return [];
  const same = Object.entries(production.colours).find(([, { deployment }]) => deployment === staging.deployment);
  if (!same) return [];
  const problem = `is ${JSON.stringify(staging.deployment)}, the Deployment of production's colour ${same[0]}`;
  return [{ path: ['staging', 'deployment'], problem, expected: 'staging has a Deployment of its own' }];
});

const needs = { httproute: ['route'], istio: ['route'], nginx: ['route', 'canary'], selector: [], replicas: [] } as const;

/** A mechanism gets the objects that it writes, and no others. */
export const trafficNamesItsObjects = rule('traffic names the objects of its mechanism', ['production'], ({ production }) => {
  const { mechanism, ...given } = production.traffic;
  const needed: readonly string[] = needs[mechanism];
  if (mechanism === 'nginx' && given.route !== undefined && given.route === given.canary) {
    const path = ['production', 'traffic', 'canary'];
    return [{ path, problem: `is ${JSON.stringify(given.canary)} like route`, expected: 'main and canary are two Ingresses' }];
  }
  return (['route', 'canary'] as const).flatMap((key): readonly Finding[] => {
    const path = ['production', 'traffic', key];
    if (needed.includes(key) === (given[key] !== undefined)) return [];
    return needed.includes(key)
      ? [{ path, problem: 'is missing', expected: `the mechanism ${mechanism} writes it` }]
      : [
          {
            path,
            problem: `is ${JSON.stringify(given[key])}`,
            expected: `the mechanism ${mechanism} has no ${key}`,
            remedy: 'Take it out.',
          },
        ];
  });
});
