import * as grammar from '../grammar';
import { choice, duration, fraction, list, section, text } from '../scalars';

export const attestation = section({
  owner: text(grammar.shortName).describe('Role whose holders may attest it; they are told when it opens.'),
  within: duration({ least: 1 }).prefault('24h').describe('How long it is waited for; a duration.'),
  remind: list(fraction(), 'parts', { most: 5 }).prefault([0.5, 0.8]).describe('When its owners are reminded; fractions of within.'),
  onExpiry: choice(['rollback', 'waive'])
    .prefault('rollback')
    .describe(
      'What it means that nobody attests it in time: "rollback" ends the deployment, "waive" goes on, on record. Never an attestation; once traffic has moved it is rollback.',
    ),
});
