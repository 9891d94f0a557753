import { allHandlersFinished, CancellationScope, condition, continueAsNew, isCancellation } from '@temporalio/workflow';
import { caller, readFailure } from './calls';
import { FollowUps } from './follow-ups';
import type { RunOf } from './runbook/contract';
import { followUpRequest, type FollowUpBeginning, type FollowUpReport, type FollowUpRequest } from './runbook/post-deployment/follow-up';
import { tailored } from './runbook/profiles';
import type { DeploymentRequest } from './runbook/release';

/**
 * The follow-ups of a deployment that has succeeded: a look at the release every hour, every day, every week, each one timer and one short
 * activity; a new run for each phase keeps the histories short. Always completes with a typed outcome.
 */
export async function analyticsFollowUp(asked: FollowUpRequest | FollowUpBeginning): Promise<FollowUpReport> {
  const request = 'of' in asked ? await requestOf(asked) : asked;
  if (request === null) return nothingKnown(asked.deploymentId);
  const followUps = new FollowUps(request);
  followUps.open();
  followUps.ask();
  const report = await lookAfter(followUps);
  await CancellationScope.nonCancellable(async () => {
    await followUps.settled();
    await condition(allHandlersFinished);
  });
  // A stop that was taken while the last messages of a run were sent is not lost on the next one.
  const ended = report ?? followUps.stopped() ?? cancelled(followUps);
  if (ended === null) return continueAsNew<typeof analyticsFollowUp>(followUps.carriedOn());
  await CancellationScope.nonCancellable(() => followUps.settled());
  return ended;
}

/** The deployment's history has its spec already: it is read from there, and stands in ours alone. Null where Temporal has dropped it. */
async function requestOf({ of, taskQueues, serving, brought }: FollowUpBeginning): Promise<FollowUpRequest | null> {
  try {
    const deployment = await caller(taskQueues)<RunOf, DeploymentRequest>('readRequest', of, {
      id: 'request',
      summary: 'what the deployment was started with',
      policy: 'recall',
    });
    return followUpRequest(tailored(deployment), serving, brought);
  } catch (error) {
    if (readFailure(error)?.type === 'NotFound') return null;
    throw error;
  }
}

/** The deployment's history was gone before a worker could read it: there is nothing to look at, and it is said. */
function nothingKnown(deploymentId: string): FollowUpReport {
  const now = Date.now();
  return {
    deploymentId,
    outcome: 'STOPPED',
    reason: 'Temporal does not know the deployment any more: what is to be looked at could not be read.',
    startedAt: now,
    endedAt: now,
    counts: { passed: 0, failed: 0, inconclusive: 0 },
    trend: {},
    alerts: [],
    attestations: [],
    decisions: [],
  };
}

/** Until the last look, a stop, or another release; null where a new run goes on. */
async function lookAfter(followUps: FollowUps): Promise<FollowUpReport | null> {
  try {
    for (;;) {
      const check = followUps.next();
      if (check === null) return followUps.close('COMPLETED', 'The release was looked after to the end.');
      const ended = (await followUps.wait(check)) ?? (await followUps.look(check));
      if (ended) return ended;
      if (followUps.isRunOver(check)) return null;
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
    return followUps.close('STOPPED', byTemporal);
  }
}

function cancelled(followUps: FollowUps): FollowUpReport | null {
  return CancellationScope.current().consideredCancelled ? followUps.close('STOPPED', byTemporal) : null;
}

const byTemporal = 'Cancelled through Temporal.';
