import { secretsOf, type Spec } from '../../workflows/runbook/spec';
import { nearest } from '../nearest';
import { type Finding, formatPath, type Path } from '../problems';
import { gatesIn } from './gates';
import { type Rule, rule } from './rule';

/** Where tokens are used, and names listed: one rule per section, so that one bad section hides no other's problem. */
const tokenUsers: readonly (readonly [keyof Spec, (spec: Spec) => Uses])[] = [
  ['image', ({ image }) => [[['image', 'token'], image.token]]],
  ['checklist', ({ checklist }) => [[['checklist', 'code', 'ci', 'token'], checklist?.code?.ci?.token]]],
  ['smoke', ({ smoke }) => among(['smoke'], smoke)],
  ['load', ({ load }) => [[['load', 'token'], load?.token]]],
  ['consistency', ({ consistency }) => among(['consistency', 'requests'], consistency?.requests)],
  ['consistency', ({ consistency }) => [[['consistency', 'productionToken'], consistency?.productionToken]]],
  ['verification', ({ verification }) => among(['verification', 'requests'], verification.requests)],
  ['rollback', ({ rollback }) => among(['rollback', 'system', 'requests'], rollback.system?.requests)],
  [
    'sinks',
    ({ sinks }) =>
      sinks.flatMap((sink, index) => Object.entries(secretsOf(sink)).map(([key, name]) => [['sinks', index, key], name] as const)),
  ],
  [
    'checklist',
    ({ checklist }) =>
      [
        [['environment', 'redis'], checklist?.environment?.redis] as const,
        [['environment', 'dashboards'], checklist?.environment?.dashboards] as const,
        [['environment', 'alerts'], checklist?.environment?.alerts] as const,
        [['infrastructure', 'monitoring'], checklist?.infrastructure?.monitoring] as const,
      ].map(([path, user]) => [['checklist', ...path, 'token'], user?.token] as const),
  ],
];
type Uses = readonly (readonly [path: Path, name: string | undefined])[];
const among = (path: Path, users: readonly { readonly token?: string }[] = []): Uses =>
  users.map(({ token }, index) => [[...path, index, 'token'], token]);

export const tokensExist: readonly Rule[] = tokenUsers.map(([section, uses]) => ({
  name: `tokens that ${section} uses exist`,
  reads: ['tokens', section],
  check: (spec) =>
    uses(spec).flatMap(([path, name]): readonly Finding[] => {
      if (name === undefined || Object.hasOwn(spec.tokens, name)) return [];
      const similar = nearest(name, Object.keys(spec.tokens));
      const remedy = similar ? `Did you mean ${similar}?` : `Add ${name} below tokens, as env:NAME or file:/path.`;
      return [{ path, problem: `is ${JSON.stringify(name)}`, expected: 'tokens has no such name', remedy }];
    }),
}));

/** Names become ids of activities and lines on the screen; where one stands twice, another was meant. */
export const namesAreUnique: readonly Rule[] = [
  rule('ids of signals are unique', ['signals'], ({ signals }) =>
    repeated(
      ['signals'],
      ['id'],
      signals.map(({ id }) => id),
      'each id is used once',
    ),
  ),
  rule('names of smoke tests are unique', ['smoke'], ({ smoke }) => repeatedNames(['smoke'], smoke)),
  rule('names of compared requests are unique', ['consistency'], ({ consistency }) =>
    repeatedNames(['consistency', 'requests'], consistency?.requests ?? []),
  ),
  rule('names of verifying requests are unique', ['verification'], ({ verification }) =>
    repeatedNames(['verification', 'requests'], verification.requests),
  ),
  rule('names of requests after a system rollback are unique', ['rollback'], ({ rollback }) =>
    repeatedNames(['rollback', 'system', 'requests'], rollback.system?.requests ?? []),
  ),
  rule('names of sinks are unique', ['sinks'], ({ sinks }) => repeatedNames(['sinks'], sinks)),
  rule('metric families are named once', ['verification'], ({ verification }) =>
    repeated(['verification', 'families'], [], verification.families, 'each prefix stands once'),
  ),
  rule('people of a role are named once', ['roles'], ({ roles }) =>
    Object.entries(roles).flatMap(([role, people]) => repeated(['roles', role], [], people, 'each person of a role stands once')),
  ),
  rule('roles of a gate are named once', ['gates', 'profiles'], (spec) =>
    gatesIn(spec).flatMap(([path, { roles }]) => repeated([...path, 'roles'], [], roles, 'each role stands once')),
  ),
  rule('days of a window are named once', ['windows'], ({ windows }) =>
    (windows?.weekly ?? []).flatMap(({ days }, index) => repeated(['windows', 'weekly', index, 'days'], [], days, 'each day stands once')),
  ),
];
const repeatedNames = (list: Path, named: readonly { readonly name: string }[]): readonly Finding[] =>
  repeated(
    list,
    ['name'],
    named.map(({ name }) => name),
    'each name is used once',
  );

const repeated = (list: Path, key: Path, names: readonly string[], expected: string): readonly Finding[] =>
  names.flatMap((name, index) => {
    const first = names.indexOf(name);
    if (first === index) return [];
    const problem = `is ${JSON.stringify(name)} like ${formatPath([...list, first, ...key])}`;
    return [{ path: [...list, index, ...key], problem, expected }];
  });

export const percentageIsNoFlag = rule('the rollout percentage is no flag besides', ['flags'], ({ flags }) => {
  const name = flags?.rollout?.name;
  if (!flags || name === undefined || !Object.hasOwn(flags.values, name)) return [];
  return [
    { path: ['flags', 'values', name], problem: 'is flags.rollout.name too', expected: 'the percentage stands in flags.rollout alone' },
  ];
});
