import { followUpIdOf } from '../../workflows/runbook/post-deployment/follow-up';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import { toldFollowUps, type FollowUpsTold } from '../../workflows/runbook/report/follow-ups';
import { modelOf, type Material, type ReportModel } from '../../workflows/runbook/report/model';
import { allReadable } from '../../workflows/runbook/report/text';
import { failure } from '../problems';
import { readSituation } from '../situation';
import { isConnectionError } from '../temporal/errors';
import { hasNoWorker } from '../temporal/workers';
import { NoAnswer, type Engine, type Run } from '../temporal/engine';

/** The report of a deployment that Temporal knows: whole where it answers or has ended by itself, else the half that the history tells. */
export async function readFromTemporal(engine: Engine, run: Run, link: string | null, now: number): Promise<ReportModel> {
  const situation = await readSituation(engine, run);
  if (!situation) throw failure(`The deployment ${run.workflowId} cannot be read any more. Try again.`);
  const { view, report, tally, trouble, missing: silent, run: latest } = situation;
  const request = await orNull(engine.request(latest));
  const happened = view || report ? null : await orNull(engine.happened(latest));
  const { workflowId, runId, status, startedAt, closedAt, memo } = latest;
  const deploymentId = report?.deploymentId ?? memo.deploymentId;
  const followUps = deploymentId === undefined ? null : await readFollowUps(engine, deploymentId, now);
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
    ...(followUps ? { followUps } : {}),
    ...(tally ? { tally } : {}),
  };
  return modelOf(material);
}

/** A kept report with what its follow-ups tell by now: they outlive the history of the deployment. */
export async function withFollowUps(engine: Engine, model: ReportModel, now: number): Promise<ReportModel> {
  const told = await readFollowUps(engine, model.deploymentId, now);
  return told ? { ...model, followUps: allReadable(toldFollowUps(model.followUps, told)) } : model;
}

/** How the follow-ups of a deployment stand, by their own word where a worker answers; null where there are none, or they are forgotten. */
async function readFollowUps(engine: Engine, deploymentId: string, now: number): Promise<FollowUpsTold | null> {
  const run = await orNull(engine.describe({ workflowId: followUpIdOf(deploymentId) }));
  if (!run) return null;
  const isSilent = await hasNoWorker(engine, run);
  const [view, report] = await Promise.all([
    isSilent ? null : orNull(engine.followUpView(run)),
    run.status === 'completed' ? orNull(engine.followUpReport(run)) : null,
  ]);
  return { workflowId: run.workflowId, status: run.status, asOf: now, ...(view ? { view } : {}), ...(report ? { report } : {}) };
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
