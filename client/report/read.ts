import type { DeploymentRequest } from '../../workflows/runbook/release';
import { modelOf, type Material, type ReportModel } from '../../workflows/runbook/report/model';
import { failure } from '../problems';
import { readSituation } from '../situation';
import { isConnectionError } from '../temporal/errors';
import { NoAnswer, type Engine, type Run } from '../temporal/engine';

/** The report of a deployment that Temporal knows: whole where it answers or has ended by itself, else the half that the history tells. */
export async function readFromTemporal(engine: Engine, run: Run, link: string | null, now: number): Promise<ReportModel> {
  const situation = await readSituation(engine, run);
  if (!situation) throw failure(`The deployment ${run.workflowId} cannot be read any more. Try again.`);
  const { view, report, tally, trouble, missing: silent, run: latest } = situation;
  const request = await orNull(engine.request(latest));
  const happened = view || report ? null : await orNull(engine.happened(latest));
  const { workflowId, runId, status, startedAt, closedAt, memo } = latest;
  const material: Material = {
    run: { namespace: engine.namespace, workflowId, runId, status, startedAt, closedAt },
    memo,
    asOf: now,
    missing: missingOf(request, happened !== null, view || report ? null : (silent ?? 'it was not asked')),
    trouble,
    links: link === null ? [] : [{ title: 'workflow in the web UI', url: link }],
    ...(request ? { request } : {}),
    ...(view ? { view } : {}),
    ...(report ? { report } : {}),
    ...(happened ? { happened } : {}),
    ...(tally ? { tally } : {}),
  };
  return modelOf(material);
}

/** Which half is not there, and why. */
function missingOf(request: DeploymentRequest | null, hasHistory: boolean, silent: string | null): readonly string[] {
  return [
    ...(request ? [] : ['The plan and its times: what the deployment was started with could not be read from its history.']),
    ...(silent === null
      ? []
      : [
          `Receipts, verdicts, waivers, gates and what would be undone: the deployment's own word is not there, because ${silent}.`,
          hasHistory
            ? "Steps, times and messages are those of Temporal's history; whether a signal was taken is not known."
            : 'Steps and times: the history could not be read.',
        ]),
  ];
}

/** What the server does not have is left out; a connection that breaks is told. */
async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isConnectionError(error) && !(error instanceof NoAnswer)) throw error;
    return null;
  }
}
