import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { answerSignal } from '../bare-workflows';
import { Child } from '../child';
import type { ChildSettings } from '../child-messages';
import { Deployment } from '../deployment';
import type { Metric } from '../metric';
import type { Call } from '../world';
import { requestFor, scaledSpec } from '../request';
import { countRow, middle } from '../rows';
import type { Stage } from '../stage';
import { slope } from '../statistics';

const perStep = 250;
/** Starts that are on their way at the same time. */
const abreast = 12;

export const memory: Metric = {
  id: 'M8',
  title: 'memory of waiting deployments',
  notes: [
    'resident memory of a worker over 250, 500, 750, 1,000 and 1,250 deployments that wait at their gate, all of them cached: the slope of the line',
    'what they hold: garbage is collected in every thread before the worker is weighed, and the C library gives back what is freed',
    'each has been through phase 1 with the default spec; the server counts what waits; the bare waiter has one activity behind it',
  ],
  async measure(stage, full) {
    const ours: number[] = [];
    const bare: number[] = [];
    for (let turn = 0; turn < (full ? 3 : 1); turn++) {
      ours.push(await weighDeployments(stage));
      bare.push(await weighWaiters(stage));
    }
    return [
      countRow({ what: '1,000 waiting deployments', goal: 105, unit: 'MB' }, ours, middle),
      countRow({ what: '1,000 bare waiting workflows', goal: null, unit: 'MB' }, bare, middle),
      countRow({ what: 'deployment over bare waiter', goal: null, unit: '' }, [middle(ours) / middle(bare)], middle),
    ];
  },
};

async function weighDeployments(stage: Stage): Promise<number> {
  const queue = `wait-${randomUUID().slice(0, 8)}`;
  const spec = scaledSpec(60_000);
  // The last of what comes before the gate runs side by side.
  const last = ['1.4.tests', '1.4.consistency'];
  return weigh(stage, { queue, workflows: { kind: 'bundle', path: stage.bundles.ours.codePath }, world: 'instant' }, last, async () => {
    // One queue for both roles: it is the same worker that is weighed.
    const request = { ...requestFor(spec, queue), taskQueues: { control: queue, exec: queue } };
    return (await Deployment.start(stage.client, request)).id;
  });
}

async function weighWaiters(stage: Stage): Promise<number> {
  const queue = `wait-${randomUUID().slice(0, 8)}`;
  return weigh(stage, { queue, workflows: { kind: 'bundle', path: stage.bundles.bare.codePath }, world: 'bare' }, ['1'], async () => {
    const workflowId = `waiter-${randomUUID()}`;
    await stage.client.workflow.start<typeof answerSignal>('answerSignal', { workflowId, taskQueue: queue, args: [] });
    return workflowId;
  });
}

/**
 * Megabytes that 1,000 more of them add.
 *
 * @param last ids of the activities after which a workflow waits.
 * @param start starts one, and gives its workflow id.
 */
async function weigh(
  { address }: Stage,
  settings: Pick<ChildSettings, 'queue' | 'workflows' | 'world'>,
  last: readonly string[],
  start: () => Promise<string>,
): Promise<number> {
  const arrivals = new Arrivals(last);
  const child = Child.spawn({ ...settings, address, options: 'ours', cached: 1_300, weighed: true }, (call) => arrivals.hear(call));
  try {
    await child.ready();
    const arrive = async (): Promise<void> => arrivals.of(await start());
    // The first ones pay for what all of them share: code, and heaps as large as the work needs.
    await inParallel(perStep, arrive);
    const points = [{ x: 0, y: await settledWeight(child) }];
    for (let count = perStep; count <= 1_000; count += perStep) {
      await inParallel(perStep, arrive);
      points.push({ x: count / 1_000, y: await settledWeight(child) });
    }
    return slope(points);
  } finally {
    await child.kill();
  }
}

/** Which workflows have done all that comes before their wait. */
class Arrivals {
  private readonly done = new Map<string, Set<string>>();
  private readonly waiting = new Map<string, () => void>();

  constructor(private readonly last: readonly string[]) {}

  hear({ workflowId, id, when }: Call): void {
    if (when !== 'after' || !this.last.includes(id)) return;
    const done = this.done.get(workflowId) ?? new Set();
    this.done.set(workflowId, done.add(id));
    if (done.size === this.last.length) this.waiting.get(workflowId)?.();
  }

  async of(workflowId: string): Promise<void> {
    if (this.done.get(workflowId)?.size === this.last.length) return;
    await new Promise<void>((resolve) => this.waiting.set(workflowId, resolve));
  }
}

async function inParallel(count: number, once: () => Promise<void>): Promise<void> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await once();
  };
  await Promise.all(Array.from({ length: abreast }, lane));
}

/** Megabytes, once the worker has come to rest: three looks in a row that differ by less than half a megabyte. */
async function settledWeight(child: Child): Promise<number> {
  const looks: number[] = [];
  while (looks.length < 40) {
    await delay(250);
    looks.push((await child.weigh()) / 1e6);
    const newest = looks.slice(-3);
    if (newest.length === 3 && Math.max(...newest) - Math.min(...newest) < 0.5) break;
  }
  return looks.at(-1) ?? NaN;
}
