import { setTimeout as delay } from 'node:timers/promises';
import { targetName, type TargetPlace } from '../../workflows/runbook/target';
import type { Context } from '../command';
import { wrap, type Look } from '../screens/look';
import type { Situation } from '../situation';
import type { Engine } from '../temporal/engine';

/** How long the cluster may take to answer before only the command is told that reads the record, in milliseconds. */
const patience = 3_000;

/** The kubectl commands that put everything back without this tool: from the deployment itself, else from the record in the cluster. */
export async function byHandLines({ env, out }: Context, engine: Engine, { run, view, report }: Situation): Promise<readonly string[]> {
  if (report) return [];
  if (view) return view.byHand.length === 0 ? [] : ['By hand, in this order:', ...view.byHand.map((command) => `  ${command}`)];
  const place = await engine.request(run).then(
    ({ spec }): TargetPlace => ({ cluster: spec.production.cluster, namespace: spec.production.namespace, name: targetName(spec.service) }),
    () => null,
  );
  if (place === null) return [];
  return [...(await readByHand(env, place)), ...orRepair(out.look)];
}

function orRepair(look: Look): readonly string[] {
  return wrap('"analytics-deploy repair" compares and does it, with or without a worker.', look.width);
}

/** From the cluster, where it can be reached from here; else the command that reads it. */
async function readByHand(env: Context['env'], place: TargetPlace): Promise<readonly string[]> {
  const [{ createPorts }, { recordKeys, recordReference }] = await Promise.all([
    import('../../activities/ports/create.js'),
    import('../../activities/target-record.js'),
  ]);
  const reading = createPorts(env)
    .kubernetes.read(recordReference(place))
    .catch(() => null);
  const found = await Promise.race([reading, delay(patience, null, { ref: false })]);
  const text = found?.data[recordKeys.byHand];
  if (text !== undefined) return text.trimEnd().split('\n');
  return [
    'The commands that put it back by hand are on record in the cluster:',
    `  kubectl -n ${place.namespace} get configmap ${place.name} -o jsonpath='{.data.${recordKeys.byHand.replace('.', '\\.')}}'`,
  ];
}
