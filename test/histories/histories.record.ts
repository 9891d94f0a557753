import { describe, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crashAt } from '../acceptance/crash';
import type { Spec } from '../../workflows/runbook/spec';
import { heldAtHalf, onStage, type Stage, stageSpec, step, withSections } from '../acceptance/stage';
import { FollowUps, type Deployment } from '../workflows/harness';
import { followUpIdOf } from '../../workflows/messages';
import { anonymous } from './anonymous';

const file = (name: string): string => join(__dirname, `${name}.json`);
const keep = (name: string, json: string): Promise<void> => writeFile(file(name), anonymous(json), { flag: 'wx' });

/** What was recorded once stays and is replayed for ever: only what is not there yet is recorded. */
function recorded(title: string, name: string, make: () => Promise<void>): void {
  (existsSync(file(name)) ? test.skip : test)(title, make, 120_000);
}

/** Runs one deployment in the sandbox and keeps its history. */
async function record(
  name: string,
  perform: (deployment: Deployment, stage: Stage) => Promise<unknown>,
  spec: Spec = stageSpec(),
): Promise<void> {
  await onStage({ spec }, async (stage) => {
    await stage.work();
    const deployment = await stage.deploy();
    await perform(deployment, stage);
    await deployment.result();
    await keep(name, (await deployment.history()).json);
  });
}

/** Flags first, then part of the traffic, on with the ramp, and then all of it back. */
async function steppedBack(deployment: Deployment): Promise<void> {
  await deployment.approve();
  await step(deployment, '2.3.watch-50');
  await deployment.send('rollback', { by: 'eva', level: 'flags' });
  await step(deployment, 'rollback.flags-pods', 'done');
  await step(deployment, '2.3.watch-50');
  await deployment.send('rollback', { by: 'eva', level: 'partial', then: 'stay' });
  await deployment.until(({ paused }) => paused !== null);
  await deployment.send('resume', { by: 'bo' });
  await deployment.until(({ share }) => share === 50);
  await step(deployment, '2.3.watch-50');
  await deployment.send('rollback', { by: 'bo' });
}

/** Attests all that people are waited for, once they are. */
async function attest(deployment: Deployment): Promise<void> {
  const { attestations = [] } = await deployment.until(({ state }) => state === 'waiting for attestations');
  for (const { id, people } of attestations.filter(({ state }) => state === 'open'))
    await deployment.send('attest', { by: people[0] ?? '', item: id });
}

/** A deployment that is looked after: its own history, and those of its follow-ups, a run for each phase. */
async function lookedAfter(): Promise<void> {
  await onStage({ spec: stageSpec() }, async (stage) => {
    await stage.work();
    const { spec } = stage.sandbox;
    const [first, second] = spec.followUps?.phases ?? [];
    if (!spec.followUps || !first || !second) throw new Error('The default spec has no follow-ups.');
    const phases = [
      { ...first, every: 3_000, until: 6_000, digest: 6_000 },
      { ...second, every: 3_000, until: 9_000, digest: 3_000 },
    ];
    const deploymentId = `${spec.service}-${spec.environment}-v1.0.0-20261124T020000Z-${randomUUID()}`;
    const deployment = await stage.deploy({ deploymentId, spec: withSections(spec, ['team', 'follow-up'], { followUps: { ...spec.followUps, window: 1_000, phases } }) });
    await attest(deployment);
    await deployment.approve();
    await deployment.result();
    const followUps = new FollowUps(stage.temporal.client, followUpIdOf(deploymentId), await firstRun(stage, followUpIdOf(deploymentId)));
    const labels = spec.followUps.alerts?.labels ?? {};
    await followUps.send('alert', { by: 'alertmanager', alerts: [{ name: 'HighErrors', summary: '', fingerprint: 'f1', firing: true, labels }] });
    await followUps.send('attest', { by: 'bo', item: 'day.alerts' });
    await followUps.result();
    await keep('looked-after', (await deployment.history()).json);
    for (const [place, { json }] of (await followUps.histories()).entries()) await keep(`follow-up-${place + 1}`, json);
  });
}

/** The first of a chain of runs. */
async function firstRun(stage: Stage, workflowId: string): Promise<string> {
  const { raw } = await stage.temporal.client.workflow.getHandle(workflowId).describe();
  return raw.workflowExecutionInfo?.firstRunId ?? '';
}

describe('recording histories', () => {
  recorded('of a release that is looked after', 'looked-after', lookedAfter);
  recorded('happy', 'happy', () => record('happy', (deployment) => deployment.approve()));
  const failed = async (deployment: Deployment, stage: Stage) => {
    await stage.sandbox.setFault({ kind: 'errors', atShare: 50 });
    await deployment.approve();
  };
  recorded('failed', 'failed', () => record('failed', failed));
  recorded('failed, with the traffic drained before the candidate is scaled down', 'drained', () => record('drained', failed));
  const aborted = async (deployment: Deployment) => {
    await deployment.approve();
    await step(deployment, '2.2.watch');
    await deployment.send('pause', { by: 'bo' });
    await deployment.send('resume', { by: 'bo' });
    await step(deployment, '2.3.watch-20');
    await deployment.send('abort', { by: 'bo', comment: 'looks wrong' });
  };
  recorded('aborted in a watch, after a pause', 'aborted', () => record('aborted', aborted));
  recorded('aborted in a watch, after a pause that was told at once', 'paused', () => record('paused', aborted));
  recorded('with lock, record and scale-down', 'locked', () => record('locked', (deployment) => deployment.approve()));
  recorded('aborted under the lock', 'locked-aborted', () => record('locked-aborted', aborted));
  recorded('rejected at the gate', 'rejected', () =>
    record('rejected', async (deployment) => {
      const { gate } = await deployment.until((view) => view.gate !== null);
      await deployment.send('reject', { gate: 'production', digest: gate?.digest ?? '', by: 'bo' });
    }),
  );
  recorded('cancelled through Temporal', 'cancelled', () =>
    record('cancelled', async (deployment) => {
      await deployment.approve();
      await step(deployment, '2.2.watch');
      await deployment.handle.cancel();
    }),
  );
  recorded('with safe flags and part of the traffic back in the ramp', 'stepped-back', () => {
    const spec = heldAtHalf(stageSpec());
    const rollback = { ...spec.rollback, partial: { share: 20, watch: 800 } };
    return record('stepped-back', steppedBack, { ...spec, rollback });
  });
  recorded('rolled back after its end', 'rolled-back-after', async () => {
    await onStage({ spec: stageSpec() }, async (stage) => {
      await stage.work();
      const deployment = await stage.deploy();
      await deployment.approve();
      await deployment.result();
      const { deploymentId: of } = deployment.request;
      const change = { version: 'rollback-traffic', deploymentId: of.replace('v1.0.0', 'rollback-traffic'), rollback: { level: 'traffic', of } } as const;
      const back = await stage.deploy(change);
      await back.result();
      await keep('rolled-back-after', (await back.history()).json);
    });
  });
  recorded('crashed in a watch', 'crashed', async () => keep('crashed', await crashAt('in step 2.3')));
  recorded('crashed while everything was put back', 'crashed-unwinding', async () =>
    keep('crashed-unwinding', await crashAt('while everything is put back')),
  );
});
