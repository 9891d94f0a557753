/** Runbook, pre-deployment checklist: team coordination. Five things that nobody but people can say. */
import { attestationIds } from '../attestations';
import type { Section } from '../step';

const asked = attestationIds.filter((id) => id.startsWith('team.'));

export const team: Section = {
  id: 'team',
  title: 'team coordination',
  phase: 'before: team',
  since: 'whole-runbook',
  without: ({ attestations }) => (asked.some((id) => attestations?.[id]) ? null : 'the spec asks for no attestation of the team'),
  run: (runbook, context) => runbook.attested(asked, context),
};
