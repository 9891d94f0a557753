import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Child } from '../child';
import type { ChildSettings } from '../child-messages';
import type { Metric } from '../metric';
import type { Pairs } from '../pairs';
import { countRow, ratioRow } from '../rows';
import { bareWorkflowsPath, type Stage } from '../stage';
import { Ledger } from './crash-ledger';
import { crashPoints, type Runs } from './crash-points';

/** Runs of each point on one worker: one kill meets all of them. */
const perPoint = 2;
/** Between the beginnings of two rounds, so that the starts of their workers do not meet, in milliseconds. */
const apart = 12_000;
/** From the end of an activity's body to the kill: enough for its answer to leave, not for the next step. */
const lastWords = 5;

export const crash: Metric = {
  id: 'M6',
  title: 'kill -9 of the worker → next progress',
  notes: [
    'SIGKILL, the same worker started again at once; until the first line of the next activity, or of the next attempt of the one that was cut off',
    'the other side is the SDK as it comes: default worker options, workflowsPath, and the one minute of its examples as the limit of an activity',
    'effects: every write of every deployment, from its start to its end beyond the kill, counted by key',
  ],
  async measure(stage, full) {
    const rounds = await Promise.all(
      Array.from({ length: full ? 10 : 3 }, async (_, turn) => {
        await delay(turn * apart);
        const [ours, others] = await Promise.all([play(stage, 'deployment'), play(stage, 'bare')]);
        return { ours, others };
      }),
    );
    const rows = crashPoints.map(({ name }) => {
      const pairs: Pairs = {
        baseline: rounds.flatMap(({ others }) => others.times.get(name) ?? []),
        subject: rounds.flatMap(({ ours }) => ours.times.get(name) ?? []),
      };
      return ratioRow({ what: name, goal: 0.4, baselineIs: 'SDK defaults' }, pairs);
    });
    return [
      ...rows,
      countRow(
        { what: 'effects that happened twice', goal: 0, unit: '' },
        rounds.map(({ ours }) => ours.doubled),
        (all) => all.reduce((sum, doubled) => sum + doubled, 0),
      ),
    ];
  },
};

interface Round {
  /** Milliseconds from the kill to the next progress, by point. */
  readonly times: ReadonlyMap<string, readonly number[]>;
  readonly doubled: number;
}

async function play(stage: Stage, side: keyof Runs): Promise<Round> {
  const queue = `crash-${randomUUID().slice(0, 8)}`;
  const ledger = new Ledger();
  const settings = settingsOf(stage, side, queue);
  const first = Child.spawn(settings, (call) => ledger.hear(call, 'first'));
  let second: Child | null = null;
  try {
    await first.ready();
    const casts = await Promise.all(
      crashPoints.flatMap((point) =>
        Array.from({ length: perPoint }, async () => ({ point, run: await point.runs[side]({ stage, queue, ledger, child: first }) })),
      ),
    );
    for (const { run } of casts) run.justBefore?.();
    await delay(lastWords);
    const killed = performance.now();
    await first.kill();
    second = Child.spawn(settings, (call) => ledger.hear(call, 'second'));
    const measured = await Promise.all(
      casts.map(async ({ point, run }) => {
        const progress = ledger.progress(run.workflowId);
        await run.afterwards?.();
        return { name: point.name, took: (await progress) - killed };
      }),
    );
    await Promise.all(casts.map(({ run }) => run.toTheEnd()));
    const times = new Map(crashPoints.map(({ name }) => [name, measured.filter((one) => one.name === name).map(({ took }) => took)]));
    return { times, doubled: ledger.doubled() };
  } finally {
    await Promise.all([first.kill(), second?.kill()]);
  }
}

function settingsOf({ address, bundles }: Stage, side: keyof Runs, queue: string): ChildSettings {
  return side === 'deployment'
    ? { address, queue, options: 'ours', workflows: { kind: 'bundle', path: bundles.ours.codePath }, world: 'instant' }
    : { address, queue, options: 'defaults', workflows: { kind: 'sources', path: bareWorkflowsPath }, world: 'bare' };
}
