import { isLive } from './exit-codes';
import { refused } from './problems';
import { readSituation } from './situation';
import type { AllMessages, Engine, Run } from './temporal/engine';
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
  const delivery = await deliver(engine, run, name, message);
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
async function deliver<Name extends keyof AllMessages>(engine: Engine, run: Run, name: Name, message: AllMessages[Name]) {
  return (await hasNoWorker(engine, run)) ? ({ kind: 'no answer' } as const) : engine.update(run, name, message);
}

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
