import * as grammar from '../grammar';
import { choice, count, duration, list, section, text } from '../scalars';

export const gate = section({
  approvals: count(1, 20, 'a number of people')
    .prefault(2)
    .describe('Distinct people who must approve; the requester is never one of them.'),
  roles: list(text(grammar.shortName), 'roles', { least: 1 }).describe('Roles whose holders may approve.'),
  expires: duration({ least: 1 }).prefault('24h').describe('How long the gate waits; a duration.'),
  onExpiry: choice(['rollback']).prefault('rollback').describe('What happens then; never an approval.'),
});
