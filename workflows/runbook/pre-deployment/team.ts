/** Runbook, pre-deployment checklist: team coordination. What nobody but people can say. */
import { WHOLE_RUNBOOK } from '../patches';
import { type AttestationId, attestationIds } from '../attestations';
import type { Spec } from '../spec';
import type { Section } from '../step';

/** Those of the team; who is on call; and who has planned the invalidation of caches, where no command of the spec does. */
function asked({ checklist }: Spec): readonly AttestationId[] {
  return attestationIds.filter(
    (id) =>
      id.startsWith('team.') ||
      id === 'window.oncall' ||
      (id === 'infrastructure.cdn' && checklist?.infrastructure !== undefined && !checklist.infrastructure.cdn),
  );
}

export const team: Section = {
  id: 'team',
  title: 'team coordination',
  phase: 'before: team',
  since: WHOLE_RUNBOOK,
  without: (spec) => (asked(spec).some((id) => spec.attestations?.[id]) ? null : 'the spec asks for no attestation of the team'),
  run: (runbook, context) => runbook.attested(asked(context.request.spec), context),
};
