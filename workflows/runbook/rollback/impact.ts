import type { DeploymentRequest } from '../release';
import type { RollbackSpec, Spec } from '../spec';
import type { DeploymentView } from '../view';
import { namesOf } from '../database';
import type { RollbackLevel, RollbackWish } from './level';
import { contracts } from './resolve';

/** What users and people will notice of a rung, in sentences. Said before it is asked for. */
export function impactAfterwards(
  level: RollbackLevel,
  { spec, rollback }: Pick<DeploymentRequest, 'spec' | 'rollback'>,
): readonly string[] {
  return [...(moves.includes(level) ? ofContract(spec, rollback) : []), ...afterwards[level](spec)];
}

/** Rungs after which the code of before serves. */
const moves: readonly RollbackLevel[] = ['traffic', 'system'];
function ofContract(spec: Spec, { brought, acceptContract, of }: Partial<RollbackWish> = {}): readonly string[] {
  if (!brought || brought.names.length === 0 || !contracts(spec)) return [];
  const what = `${brought.version} came with ${namesOf(brought.names)} (contract): the code of before does not work with them.`;
  return [
    acceptContract === undefined
      ? `${what} Refused while they are applied: first analytics-deploy rollback ${of ?? ''} --level database, or --accept-contract "why".`
      : `${what} ACCEPTED all the same: ${acceptContract}`,
  ];
}

/** The same while the deployment runs. */
export function impactMeanwhile(level: RollbackLevel, view: DeploymentView, spec: Spec): readonly string[] {
  const { rollback, deploymentId } = view;
  // It is refused, or answered with what is under way: nothing of it changes.
  if (rollback) return [`${deploymentId} is itself a rollback (${rollback.level}, of ${rollback.of}), and goes on as it is.`];
  return meanwhile[level](view, spec);
}

const stays = 'What the newer version has written stays in the database.';
const leaves = 'The version that is left goes on record as rolled back from, and keeps its pods for whoever looks into it.';

/** How many pods serve is known once it is resolved. */
function asSoonAs({ minimumReady }: RollbackSpec): string {
  return minimumReady >= 1
    ? 'as soon as as many of its pods are ready as serve now.'
    : `as soon as ${Math.round(minimumReady * 100)} % of the pods that serve now are ready there, at least one: the others come up under traffic, with less capacity until then.`;
}

const afterwards: Readonly<Record<RollbackLevel, (spec: Spec) => readonly string[]>> = {
  traffic: ({ rollback }) => [
    `All callers move at once to the other colour, ${asSoonAs(rollback)} No request is cut off by it, and no pod restarts.`,
    stays,
    leaves,
  ],
  partial: () => ['It applies while a deployment ramps: afterwards it is refused.'],
  flags: ({ rollback }) => [
    `The live colour's pods restart one after another with ${valuesOf(rollback.flags?.values)}: capacity is that of a rolling update meanwhile.`,
    'No traffic moves, and no version changes.',
  ],
  database: () => [
    'Two people must approve, who see how many rows were written since the backup: those are lost. The database as it is now is dumped first.',
    'Reverse migrations lose what they drop. No traffic moves, and no version changes.',
  ],
  system: ({ rollback, smoke }) => [
    `The previous version on record is deployed to the other colour, and all callers move there at once, ${asSoonAs(rollback)}`,
    `Then ${(rollback.system?.requests ?? smoke).length} smoke requests are sent to production, among them those that change something.`,
    stays,
    leaves,
  ],
};

const meanwhile: Readonly<Record<RollbackLevel, (view: DeploymentView, spec: Spec) => readonly string[]>> = {
  traffic: (view) => [
    ...(view.share > 0
      ? [`${view.share} % of the traffic goes back to ${view.live?.colour ?? 'the live colour'} at once.`]
      : ['No traffic has moved yet.']),
    `The deployment ends: ${view.ifStoppedNow.join(', ') || 'nothing is to be put back'}.`,
  ],
  partial: (view, { rollback }) => {
    const { share, watch } = rollback.partial ?? { share: 0, watch: 0 };
    return [
      `The candidate's share goes from ${view.share} % to ${share} % at once; the running watch is interrupted.`,
      `That is watched for ${Math.round(watch / 1000)} s; then it is asked whether the ramp goes on, unless --then says it.`,
    ];
  },
  flags: (view, { rollback }) => [
    `The candidate's pods restart one after another with ${valuesOf(rollback.flags?.values)}; ${view.live?.colour ?? 'the live colour'} is not touched.`,
    'The share stays, and the interrupted watch goes on with what is left of it.',
  ],
  database: (view) => [`The deployment must have been rolled back first (${view.share} % of the traffic is on the candidate).`],
  system: (view) => [
    `The previous version still runs on ${view.live?.colour ?? 'the live colour'}: everything is put back, traffic first.`,
    `The deployment ends: ${view.ifStoppedNow.join(', ') || 'nothing is to be put back'}.`,
  ],
};

function valuesOf(values: Readonly<Record<string, string>> = {}): string {
  return (
    Object.entries(values)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ') || 'no values'
  );
}
