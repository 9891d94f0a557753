/** The end of a rollback: the service answers that it is well, and to its smoke requests (runbook, manual and full system rollback). */
import { sendAll } from '../requests';
import type { RequestSpec, Spec } from '../spec';
import type { Section } from '../step';

/** Where a service tells that it is well, unless the spec says otherwise. */
const usualHealth = '/health';
/** What a gateway may need beyond its time until it serves what was written, in milliseconds. */
const more = 10_000;

/** Where nobody decides it stays as it is: it was gone away from what was there before, and nothing goes back there by itself. */
export const inTheEnd = 'ask, then go on';

export const answersWell: Section = isWell(inTheEnd);
/** With other flags: they are taken away again where nobody decides. */
export const stillAnswersWell: Section = isWell('ask');

function isWell(ifItFails: 'ask' | typeof inTheEnd): Section {
  return {
    id: 'rollback.health',
    title: 'the service is well',
    phase: 'rollback',
    run: (runbook, { request: { spec } }) =>
      sendAll(runbook, 'rollback.health', spec.production.url, [healthRequest(spec)], spec.tokens, ifItFails, patience(spec)),
  };
}

export const smokeInProduction: Section = {
  id: 'rollback.smoke',
  title: 'smoke requests against production',
  phase: 'rollback',
  without: (spec) => (smokeOf(spec).length === 0 ? 'the spec names no smoke requests' : null),
  run: (runbook, { request: { spec } }) =>
    sendAll(runbook, 'rollback.smoke', spec.production.url, smokeOf(spec), spec.tokens, inTheEnd, patience(spec)),
};

function healthRequest({ rollback }: Spec): RequestSpec {
  const path = rollback.health ?? usualHealth;
  return { name: path, method: 'GET', path, expect: { status: 200, within: 2_000 }, after: 0 };
}

/** Those of the spec's rung, else those that staging passes in step 1.2. */
function smokeOf({ rollback, smoke }: Spec): readonly RequestSpec[] {
  return rollback.system?.requests ?? smoke;
}

/** A gateway may still answer from the colour that was left. */
function patience({ production }: Spec): number {
  return production.traffic.propagation + more;
}
