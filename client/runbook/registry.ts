import { jsonSchema } from '../../spec/json-schema';
import { attestations } from '../../workflows/runbook/attestations';
import { planOf, type PlanLine } from '../../workflows/runbook/plan';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import { commands } from '../commands';
import { risks } from './risks';
import { rulesOf } from './rules';
import type { Named, Registry } from './stands';

/** Everything that can stand for a line of the source, as a deployment by this spec has it. */
export async function registryOf(request: DeploymentRequest): Promise<Registry> {
  const plan = await planOf(request);
  return {
    step: stepsOf(plan),
    attestation: new Map(Object.entries(attestations).map(([id, { title, why }]) => [id, `${title} (${why})`])),
    announcement: new Map(),
    rule: rulesOf(request.spec, jsonSchema()),
    command: new Map(commands.map(({ name, summary }) => [name, summary])),
    level: new Map(),
    signal: new Map(),
    followup: new Map(),
    contact: new Map(),
    risk: new Map(risks.map(({ id, title }) => [id, title])),
  };
}

/** The lines of a plan. A step whose section the spec leaves out is known with the reason. */
function stepsOf(plan: readonly PlanLine[]): Named {
  const steps = new Map(plan.map(({ id, title, what }) => [id, `${title}: ${what}`]));
  const off = plan.filter(({ kind }) => kind === 'off');
  return {
    get(id) {
      const reason = off.find(({ section }) => id === section || id.startsWith(`${section}.`))?.what;
      return steps.get(id) ?? (reason === undefined ? undefined : `left out: ${reason}`);
    },
  };
}
