import { attestationIds, isAttestation } from '../../workflows/runbook/attestations';
import { nearest } from '../nearest';
import type { Finding } from '../problems';
import { gatesIn } from './gates';
import { rule } from './rule';

export const gateRolesExist = rule('roles of a gate exist', ['roles', 'gates', 'profiles'], (spec) =>
  gatesIn(spec).flatMap(([path, gate]) =>
    gate.roles.flatMap((role, index): readonly Finding[] => {
      if (Object.hasOwn(spec.roles, role)) return [];
      const known = Object.keys(spec.roles);
      const similar = nearest(role, known);
      return [
        {
          path: [...path, 'roles', index],
          problem: `is ${JSON.stringify(role)}`,
          expected: known.length > 0 ? `a role is one of ${known.join(', ')}` : 'roles names no role',
          remedy: similar ? `Did you mean ${similar}?` : `Add ${role} below roles, with its people.`,
        },
      ];
    }),
  ),
);

export const gateCanBePassed = rule('enough people hold the roles of a gate', ['roles', 'gates', 'profiles'], (spec) =>
  gatesIn(spec).flatMap(([path, { approvals, roles: asked }]): readonly Finding[] => {
    const { roles } = spec;
    const people = new Set(asked.flatMap((role) => (Object.hasOwn(roles, role) ? (roles[role] ?? []) : [])));
    if (people.size >= approvals || !asked.every((role) => Object.hasOwn(roles, role))) return [];
    const held = people.size === 0 ? 'nobody holds' : `only ${[...people].join(', ')} hold${people.size === 1 ? 's' : ''}`;
    const problem = `is ${approvals}, and ${held} ${asked.join(' or ')}`;
    return [{ path: [...path, 'approvals'], problem, expected: 'the gate could never open', remedy: 'Name more people below roles.' }];
  }),
);

export const attestationsExist = rule('attestations are known', ['attestations'], ({ attestations = {} }) =>
  Object.keys(attestations).flatMap((id): readonly Finding[] => {
    if (isAttestation(id)) return [];
    const similar = nearest(id, attestationIds);
    const expected = `attestations are ${attestationIds.join(', ')}`;
    return [
      {
        path: ['attestations', id],
        problem: 'is unknown',
        expected,
        atKey: true,
        ...(similar ? { remedy: `Did you mean ${similar}?` } : {}),
      },
    ];
  }),
);

export const attestationsHaveOwners = rule(
  'somebody answers for each attestation',
  ['roles', 'attestations'],
  ({ roles, attestations = {} }) =>
    Object.entries(attestations).flatMap(([id, { owner }]): readonly Finding[] => {
      const people = Object.hasOwn(roles, owner) ? roles[owner] : undefined;
      if (people && people.length > 0) return [];
      const path = ['attestations', id, 'owner'];
      if (people)
        return [
          {
            path,
            problem: `is ${JSON.stringify(owner)}, and nobody holds it`,
            expected: 'nobody could attest it',
            remedy: `Name people below roles.`,
          },
        ];
      const known = Object.keys(roles);
      const similar = nearest(owner, known);
      return [
        {
          path,
          problem: `is ${JSON.stringify(owner)}`,
          expected: known.length > 0 ? `a role is one of ${known.join(', ')}` : 'roles names no role',
          remedy: similar ? `Did you mean ${similar}?` : `Add ${owner} below roles, with its people.`,
        },
      ];
    }),
);
