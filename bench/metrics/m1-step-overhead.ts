import { randomUUID } from 'node:crypto';
import type { chain } from '../bare-workflows';
import { Deployment } from '../deployment';
import { stepGaps, type StepGap } from '../history';
import type { Metric } from '../metric';
import { takePairs } from '../pairs';
import { requestFor, scaledSpec } from '../request';
import { countRow, ratioRow } from '../rows';
import type { Stage } from '../stage';
import { median } from '../statistics';
import { withTroupe, type Troupe } from '../troupe';

const chainLength = 30;
const warmUps = 5;

export const stepOverhead: Metric = {
  id: 'M1',
  title: 'step overhead',
  notes: [
    'from the end of a step to the end of the next, by event times; whole deployments, of which the steps that follow each other directly count',
    `the chain has ${chainLength} activities without arguments; workers, options and server are the same`,
  ],
  async measure(stage, full) {
    const spec = scaledSpec(100);
    return withTroupe(stage, spec, async (troupe) => {
      const tasks: number[] = [];
      const pairs = await takePairs(
        full ? 30 : 16,
        warmUps,
        async () => typical(await runChain(stage, troupe)),
        async () => {
          const gaps = await runDeployment(stage, troupe, spec);
          tasks.push(...gaps.map(({ workflowTasks }) => workflowTasks));
          return typical(gaps);
        },
      );
      return [
        ratioRow({ what: 'gap between steps', goal: 1.25, baselineIs: 'bare chain' }, pairs),
        countRow({ what: 'workflow tasks per sequential step, largest', goal: 1, unit: '' }, tasks),
      ];
    });
  },
};

const typical = (gaps: readonly StepGap[]): number => median(gaps.map(({ gap }) => gap));

async function runChain({ client }: Stage, { queues }: Troupe): Promise<readonly StepGap[]> {
  const handle = await client.workflow.start<typeof chain>('chain', {
    workflowId: `chain-${randomUUID()}`,
    taskQueue: queues.bare,
    args: [chainLength],
  });
  await handle.result();
  return stepGaps((await handle.fetchHistory()).events ?? []);
}

async function runDeployment({ client }: Stage, { queues }: Troupe, spec: ReturnType<typeof scaledSpec>): Promise<readonly StepGap[]> {
  const deployment = await Deployment.start(client, requestFor(spec, queues.ours));
  await deployment.passGate();
  await deployment.handle.result();
  return stepGaps((await deployment.handle.fetchHistory()).events ?? []);
}
