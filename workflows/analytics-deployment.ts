import { allHandlersFinished, CancellationScope, condition, isCancellation, TemporalFailure } from '@temporalio/workflow';
import { Board } from './board';
import { caller } from './calls';
import { Desk, interruptible } from './desk';
import { endingOf, type Ending } from './endings';
import { limitPauses } from './pausing';
import { performRequest } from './runbook';
import { stillPaused } from './runbook/announcing';
import { keepReport } from './kept-report';
import { planOf } from './runbook/plan';
import { tailored } from './runbook/profiles';
import type { DeploymentRequest } from './runbook/release';
import { terse, type TerseReport } from './runbook/report/terse';
import { TemporalRunner } from './runner';
import { Saga } from './saga';
import { Standings } from './standings';
import { giveUpLock } from './target-lock';
import { unwind, type Unwound } from './unwinding';

/** The deployment: open the desk, follow the script, put everything back where it stops. Always completes with a typed outcome. */
export async function analyticsDeployment(asked: DeploymentRequest): Promise<TerseReport> {
  const request = tailored(asked);
  const saga = new Saga();
  const board = new Board();
  const desk = new Desk(request, () => saga.touchedProduction);
  const call = caller(request.taskQueues);
  const standings = new Standings(request, desk, saga, board, call);
  desk.open(
    () => standings.view(),
    () => standings.heard(),
  );
  board.lay(await planOf(request));

  const ending = await follow(desk, async () => {
    void limitPauses(desk, (...pause) => standings.announce(stillPaused(...pause)));
    await performRequest(new TemporalRunner(desk, saga, board, call, standings), request);
  });
  board.settle();
  const unwound: Unwound = ending
    ? await CancellationScope.nonCancellable(() => unwind(desk, saga, call, ending, standings))
    : { undone: [], left: [] };

  await CancellationScope.nonCancellable(() => giveUpLock(saga, call, request, unwound, ending === null, (what) => standings.stays(what)));
  await CancellationScope.nonCancellable(() => standings.tellTheEnd(ending, unwound));
  const report = await CancellationScope.nonCancellable(() => keepReport(call, standings.close(ending, unwound)));
  await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  return terse(report);
}

/** Runs the script to its end, or tells why it stopped. What is no Temporal failure is a defect of ours: production is not rolled back for it. */
async function follow(desk: Desk, script: () => Promise<void>): Promise<Ending | null> {
  try {
    await interruptible(desk, script);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    desk.end(
      endingOf(error) ??
        (isCancellation(error)
          ? { kind: 'cancelled', by: null, reason: 'Cancelled through Temporal.' }
          : { kind: 'failed', by: null, reason: error.message }),
    );
  }
  return desk.state.ending;
}
