import type { FollowUpMessages } from '../workflows/messages';
import { isLive } from './exit-codes';
import { refused } from './problems';
import { readSituation } from './situation';
import type { AllMessages, Engine, Run, RunName } from './temporal/engine';
import { hasNoWorker } from './temporal/workers';

/** What became of a message. */
export type Sent =
  | { readonly kind: 'done'; readonly answer: string }
  /** It is durable at the server and will be seen when a worker is up. */
  | { readonly kind: 'recorded'; readonly answer: string };

/** Sends a message as an update; where no worker answers, its signal twin with the same request id. Throws the refusal. */
export async function sendMessage<Name extends keyof AllMessages>(
  engine: Engine,
  run: Run,
  name: Name,
  message: AllMessages[Name],
): Promise<Sent> {
  if (run.status !== 'running') throw await alreadyEnded(engine, run, name);
  const delivery = await deliver(engine, run, run, name, message);
  switch (delivery.kind) {
    case 'answered':
      return { kind: 'done', answer: delivery.answer };
    case 'refused':
      throw refused(delivery.reason, { refused: name });
    case 'ended':
      throw await alreadyEnded(engine, run, name);
    case 'no answer':
      if ((await engine.signal(run, name, message)) === 'ended') throw await alreadyEnded(engine, run, name);
      return {
        kind: 'recorded',
        answer: `No worker answers: "${name}" is recorded and will be seen when a worker is up (analytics-deploy worker). If it is refused then, "status" says why.`,
      };
  }
}

/** Without any worker the update is not even tried: it would only cost the person five seconds. */
async function deliver<Name extends keyof AllMessages>(engine: Engine, run: Run, to: RunName, name: Name, message: AllMessages[Name]) {
  return (await hasNoWorker(engine, run)) ? ({ kind: 'no answer' } as const) : engine.update(to, name, message);
}

/**
 * The same to follow-ups, by whatever run is the newest: each phase is one, and where a phase ends meanwhile the next one takes the signal.
 * Throws the refusal, also where they have ended.
 */
export async function sendToFollowUps<Name extends keyof FollowUpMessages>(
  engine: Engine,
  run: Run,
  name: Name,
  message: AllMessages[Name],
): Promise<Sent> {
  const newest = { workflowId: run.workflowId };
  const delivery = await deliver(engine, run, newest, name, message);
  if (delivery.kind === 'answered') return { kind: 'done', answer: delivery.answer };
  if (delivery.kind === 'refused') throw refused(delivery.reason, { refused: name });
  if ((await engine.signal(newest, name, message)) === 'ended') {
    throw refused(`Too late to ${name}: the follow-ups ${run.workflowId} have ended. The message changed nothing.`, { refused: name });
  }
  return { kind: 'recorded', answer: recorded[delivery.kind](name) };
}

const recorded = {
  'no answer': (name: string) =>
    `No worker answers: "${name}" is recorded and will be seen when a worker is up (analytics-deploy worker). If it is refused then, "follow-up" says why.`,
  ended: (name: string) =>
    `A phase has just ended: "${name}" is recorded, and the next one begins with it. If it is refused then, "follow-up" says why.`,
} as const;

async function alreadyEnded(engine: Engine, run: Run, name: keyof AllMessages) {
  const situation = await readSituation(engine, run);
  const report = situation?.report;
  const how = report ? `${report.outcome}: ${report.reason}` : (situation?.run.status ?? 'ended');
  const id = run.memo.deploymentId ?? run.workflowId;
  const instead =
    name === 'rollback' && report && isLive(report.outcome)
      ? ` To take all traffic back to the version before: analytics-deploy rollback ${id} --level traffic (--dry-run shows it first).`
      : '';
  return refused(`Too late to ${name}: the deployment ${id} has ended (${how}). The message changed nothing.${instead}`, {
    refused: name,
    outcome: report?.outcome ?? null,
  });
}
