import { nearest } from '../nearest';
import type { Finding } from '../problems';
import { rule } from './rule';

export const gateRolesExist = rule('roles of a gate exist', ['roles', 'gates'], ({ roles, gates }) =>
  gates.production.roles.flatMap((role, index): readonly Finding[] => {
    if (Object.hasOwn(roles, role)) return [];
    const known = Object.keys(roles);
    const similar = nearest(role, known);
    return [
      {
        path: ['gates', 'production', 'roles', index],
        problem: `is ${JSON.stringify(role)}`,
        expected: known.length > 0 ? `a role is one of ${known.join(', ')}` : 'roles names no role',
        remedy: similar ? `Did you mean ${similar}?` : `Add ${role} below roles, with its people.`,
      },
    ];
  }),
);

export const gateCanBePassed = rule('enough people hold the roles of a gate', ['roles', 'gates'], ({ roles, gates }) => {
  const { approvals, roles: asked } = gates.production;
  const people = new Set(asked.flatMap((role) => (Object.hasOwn(roles, role) ? (roles[role] ?? []) : [])));
  if (people.size >= approvals || !asked.every((role) => Object.hasOwn(roles, role))) return [];
  const held = people.size === 0 ? 'nobody holds' : `only ${[...people].join(', ')} hold${people.size === 1 ? 's' : ''}`;
  const problem = `is ${approvals}, and ${held} ${asked.join(' or ')}`;
  return [
    { path: ['gates', 'production', 'approvals'], problem, expected: 'the gate could never open', remedy: 'Name more people below roles.' },
  ];
});
