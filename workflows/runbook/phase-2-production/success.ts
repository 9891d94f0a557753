/** Runbook, success criteria: judged from what the deployment has done and measured; the rest is attested by people. */
import { isAttestation } from '../attestations';
import { WHOLE_RUNBOOK } from '../patches';
import type { Section } from '../step';
import { lineOf } from './criteria';
import { askedWithCriteria } from './monitoring';

export const success: Section = {
  id: 'success',
  title: 'success criteria',
  phase: 'phase 2: production',
  since: WHOLE_RUNBOOK,
  without: (spec) => (spec.success ? null : 'the spec has no success criteria'),
  async run(runbook, context) {
    const { spec } = context.request;
    const criteria = spec.success?.criteria ?? [];
    await runbook.checklist(
      criteria.filter(({ attestation }) => attestation === undefined).map((criterion) => lineOf(criterion, spec)),
      context,
    );
    const asked = criteria.flatMap(({ attestation }) => attestation ?? []).filter(isAttestation);
    await runbook.attested([...new Set([...askedWithCriteria(spec), ...asked])], context);
  },
};
