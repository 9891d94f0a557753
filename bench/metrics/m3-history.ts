import { Deployment } from '../deployment';
import { commandEvents, eventsBetween } from '../history';
import type { Metric } from '../metric';
import { requestFor, scaledSpec } from '../request';
import { countRow } from '../rows';
import { Scene } from '../scene';
import type { Stage } from '../stage';
import { withTroupe, type Troupe } from '../troupe';
import type { Spec } from '../../workflows/runbook/spec';

/** Long enough that a watch's timer and its sampler end as they do in earnest: one after the other. */
const watch = 150;

export const history: Metric = {
  id: 'M3',
  title: 'events and bytes of a deployment',
  notes: [
    'the default spec with scaled waits, of staging and production alone and without sinks: inputs and receipts have their real size',
    'the whole runbook is counted by npm run test:demo; each message to people is an activity of its own beside these',
  ],
  async measure(stage, full) {
    const spec = alone(watch);
    return withTroupe(stage, spec, async (troupe) => {
      const happy = await times(full ? 10 : 4, () => run(stage, troupe, spec));
      const longer = await times(full ? 3 : 1, () => run(stage, troupe, alone(watch * 10)));
      const aborted = await times(full ? 10 : 3, () => abortHalfWay(stage, troupe, spec));
      const commands = Math.max(...happy.map((one) => one.commands));
      return [
        countRow(
          { what: 'events of a happy run', goal: 325, unit: '' },
          happy.map(({ events }) => events),
        ),
        countRow(
          { what: 'bytes of a happy run', goal: 100, unit: 'KB' },
          happy.map(({ bytes }) => bytes / 1_000),
        ),
        countRow(
          { what: 'events per added rung', goal: 15, unit: '' },
          happy.flatMap(({ rungs }) => rungs),
        ),
        countRow(
          { what: 'events that ten times as many ticks add', goal: 0, unit: '' },
          longer.map((one) => one.commands - commands),
        ),
        countRow({ what: 'events that an abort at 50 % adds', goal: 40, unit: '' }, aborted),
      ];
    });
  },
};

/** What the run leaves out is not in its spec either: nobody would write it there. */
function alone(length: number): Spec {
  const { checklist: _1, attestations: _2, windows: _3, database: _4, monitoring: _5, success: _6, ...rest } = scaledSpec(length);
  const { followUps: _7, profiles: _8, contacts: _9, ...spec } = rest;
  return { ...spec, sinks: [] };
}

interface Size {
  readonly events: number;
  readonly bytes: number;
  /** Events from one traffic step to the next. */
  readonly rungs: readonly number[];
  readonly commands: number;
}

async function run({ client }: Stage, { queues }: Troupe, spec: Spec): Promise<Size> {
  const deployment = await Deployment.start(client, requestFor(spec, queues.ours));
  await deployment.passGate();
  await deployment.handle.result();
  return sizeOf(deployment);
}

/** Events from the abort to the end. */
async function abortHalfWay({ client }: Stage, { queues, hooks }: Troupe, spec: Spec): Promise<number> {
  const request = requestFor({ ...spec, ramp: { ...spec.ramp, steps: spec.ramp.steps.map(untilAborted) } }, queues.ours);
  const scene = new Scene();
  hooks.set(request.deploymentId, scene.hook);
  const deployment = await Deployment.start(client, request);
  await deployment.passGate();
  await deployment.until(({ share }) => share === 50);
  const { events } = await sizeOf(deployment);
  await deployment.send('abort', { by: 'eva' });
  await deployment.handle.result();
  hooks.delete(request.deploymentId);
  return (await sizeOf(deployment)).events - events;
}
const untilAborted = ({ share, watch: length }: Spec['ramp']['initial']) => ({ share, watch: share === 50 ? 600_000 : length });

async function sizeOf({ handle }: Deployment): Promise<Size> {
  const { historyLength, raw } = await handle.describe();
  const events = (await handle.fetchHistory()).events ?? [];
  return {
    events: historyLength,
    bytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0),
    rungs: eventsBetween(events, '2.3.traffic-'),
    commands: commandEvents(events),
  };
}

async function times<T>(count: number, once: () => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let turn = 0; turn < count; turn++) results.push(await once());
  return results;
}
