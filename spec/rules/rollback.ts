import type { GateSpec, Spec } from '../../workflows/runbook/spec';
import { nearest } from '../nearest';
import type { Finding, Path } from '../problems';
import { rule } from './rule';

/** A safe value of a flag that nobody sets would only look safe. */
export const safeFlagsAreFlags = rule('safe values are those of flags', ['flags', 'rollback'], ({ flags, rollback }) =>
  Object.keys(rollback.flags?.values ?? {}).flatMap((name): readonly Finding[] => {
    const known = Object.keys(flags?.values ?? {});
    if (known.includes(name)) return [];
    const similar = nearest(name, known);
    return [
      {
        path: ['rollback', 'flags', 'values', name],
        problem: 'is no flag',
        expected: known.length === 0 ? 'the spec has no flags' : `the flags are ${known.join(', ')}`,
        atKey: true,
        ...(similar ? { remedy: `Did you mean ${similar}?` } : {}),
      },
    ];
  }),
);

/** The rung takes traffic away: a share that gives the candidate more than its last one, or none, is another rung. */
export const partialIsPart = rule('a partial rollback leaves a part', ['rollback', 'ramp'], ({ rollback, ramp }) => {
  const share = rollback.partial?.share;
  const most = Math.max(...ramp.steps.map((step) => step.share));
  if (share === undefined || (share > 0 && share < most)) return [];
  const expected = `a share above 0 and below the last of the ramp, ${most} %, is expected`;
  return [{ path: ['rollback', 'partial', 'share'], problem: `is ${share}`, expected, remedy: 'The runbook has 20.' }];
});

/** Gates of the ladder, each with its place. */
const gates = ({ rollback }: Pick<Spec, 'rollback'>): readonly (readonly [Path, GateSpec])[] => [
  ...(rollback.flags?.gate ? [[['rollback', 'flags', 'gate'], rollback.flags.gate] as const] : []),
  ...(rollback.database ? [[['rollback', 'database', 'gate'], rollback.database.gate] as const] : []),
];

/** What was written since the backup is lost by it: nobody decides that alone. */
export const databaseNeedsTwo = rule('two people decide on a rollback of the database', ['rollback'], ({ rollback }) => {
  const approvals = rollback.database?.gate.approvals ?? 2;
  if (approvals >= 2) return [];
  const path = ['rollback', 'database', 'gate', 'approvals'];
  return [{ path, problem: `is ${approvals}`, expected: 'at least two people decide on it', remedy: 'Did you mean 2?' }];
});

export const rollbackGatesCanBePassed = rule("enough people hold the roles of the ladder's gates", ['rollback', 'roles'], (spec) =>
  gates(spec).flatMap(([path, { roles, approvals }]): readonly Finding[] => {
    const unknown = roles.flatMap((role, index): readonly Finding[] => {
      if (Object.hasOwn(spec.roles, role)) return [];
      const similar = nearest(role, Object.keys(spec.roles));
      const remedy = similar ? `Did you mean ${similar}?` : `Add ${role} below roles, with its people.`;
      const expected = `a role is one of ${Object.keys(spec.roles).join(', ') || '(none)'}`;
      return [{ path: [...path, 'roles', index], problem: `is ${JSON.stringify(role)}`, expected, remedy }];
    });
    if (unknown.length > 0) return unknown;
    const people = new Set(roles.flatMap((role) => spec.roles[role] ?? []));
    if (people.size >= approvals) return [];
    const problem = `is ${approvals}, and ${people.size} hold ${roles.join(' or ')}`;
    const remedy = 'Name more people below roles.';
    return [{ path: [...path, 'approvals'], problem, expected: 'the gate could never open', remedy }];
  }),
);
