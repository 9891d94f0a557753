import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { start } from '../../../client/acts/start';
import type { DeploymentRequest } from '../../../workflows/runbook/release';
import { contextOf, worldOf } from '../fake-engine';
import { deploymentId, ramping, reportOf, runOf } from '../fixtures';

const options = { release: 'v1.0.0', spec: resolve('spec/analytics.yaml') };

describe('starting a deployment', () => {
  test('mints one id that stands in the input, and prints what to do next', async () => {
    const world = worldOf({ runs: [runOf()] });
    const { context, stdout, stderr } = contextOf(world, { options });
    expect(await start(context)).toBe(0);
    const request = world.told[0]?.what as DeploymentRequest;
    expect(request).toMatchObject({
      requester: 'ana',
      version: 'v1.0.0',
      searchAttributes: true,
      deploymentId: expect.stringMatching(/^analytics-production-v1\.0\.0-\d{8}T\d{6}Z$/),
    });
    expect(stdout()).toContain(`Started ${request.deploymentId}`);
    expect(stdout()).toContain(`plan ${request.planDigest.slice(0, 12)}`);
    expect(stdout()).toContain('http://127.0.0.1:8233/namespaces/default/workflows/deploy:analytics:production');
    expect(stderr()).toContain(`analytics-deploy watch ${request.deploymentId}`);
  });

  test('a namespace without our search attributes gets the memo instead, and is told who says how to register them', async () => {
    const world = worldOf({ runs: [runOf()], attributes: ['DeployId'] });
    const { context, stderr } = contextOf(world, { options });
    await start(context);
    expect(world.told[0]?.what).toMatchObject({ searchAttributes: false });
    expect(stderr()).toContain('"analytics-deploy doctor" says how to register them');
  });

  test('while another one runs it is refused, naming that one, its state and the ways on', async () => {
    const world = worldOf({ runs: [runOf()], view: ramping(), starts: [] });
    await expect(start(contextOf(world, { options }).context)).rejects.toMatchObject({
      code: 5,
      message: expect.stringMatching(new RegExp(`${deploymentId} .*is running.*analytics-deploy abort.*--supersede`)),
    });
  });

  test('the state of the running one is said as a sentence', async () => {
    const world = worldOf({ runs: [runOf()], view: ramping({ state: 'needs attention' }), starts: [] });
    await expect(start(contextOf(world, { options }).context)).rejects.toMatchObject({
      message: expect.stringContaining('started by ana) needs attention. Follow it'),
    });
  });

  test('--supersede ends the running one by its own rules, then starts', async () => {
    const world = worldOf({
      runs: [runOf()],
      report: reportOf({ outcome: 'FAILED' }),
      starts: [{ kind: 'already running' }, { kind: 'started', runId: 'run-2' }],
    });
    world.delivery = () => {
      world.runs = [runOf({ runId: 'run-2' }), runOf({ status: 'completed' })];
      return { kind: 'answered', answer: 'Superseded.' };
    };
    expect(await start(contextOf(world, { options: { ...options, supersede: true } }).context)).toBe(0);
    expect(world.told.map(({ by, name }) => `${by} ${name}`)).toEqual([
      expect.stringMatching(/^start/),
      'update supersede',
      expect.stringMatching(/^start/),
    ]);
  });

  test('--supersede is refused while nobody could put back what the running one changed', async () => {
    const world = worldOf({ runs: [runOf()], pollers: [], starts: [{ kind: 'already running' }] });
    await expect(start(contextOf(world, { options: { ...options, supersede: true } }).context)).rejects.toMatchObject({
      code: 5,
      message: expect.stringMatching(/^Not superseded: no worker answers/),
    });
    expect(world.told.filter(({ by }) => by !== 'start')).toEqual([]);
  });

  test('a deployment that has touched production refuses to be superseded, and nothing is started', async () => {
    const world = worldOf({
      runs: [runOf()],
      starts: [{ kind: 'already running' }],
      delivery: () => ({ kind: 'refused', reason: 'Not superseded: it has touched production.' }),
    });
    await expect(start(contextOf(world, { options: { ...options, supersede: true } }).context)).rejects.toMatchObject({
      code: 5,
      message: 'Not superseded: it has touched production.',
    });
  });

  test('what the superseded one could not put back is finished first, and nothing is started over it', async () => {
    const left = [{ subject: 'shop/httproute/a', reason: 'forbidden', byHand: 'kubectl edit' }];
    const world = worldOf({
      runs: [runOf()],
      report: reportOf({ outcome: 'ROLLBACK_INCOMPLETE', left }),
      starts: [{ kind: 'already running' }, { kind: 'started', runId: 'run-2' }],
    });
    world.delivery = () => {
      world.runs = [runOf({ status: 'completed', closedAt: 1 })];
      return { kind: 'answered', answer: 'Superseded.' };
    };
    await expect(start(contextOf(world, { options: { ...options, supersede: true } }).context)).rejects.toMatchObject({
      code: 5,
      message: [
        `Not started: ${deploymentId} has ended and could not put back shop/httproute/a. Finish by hand:`,
        '  shop/httproute/a: forbidden',
        '    kubectl edit',
        'Then start again, without --supersede: the lane is free. A start before that takes what is left for the state before.',
      ].join('\n'),
      details: { left },
    });
    expect(world.starts.length).toBe(1);
  });

  test('a superseded one that has ended without a report is looked at first, and nothing is started over it', async () => {
    const world = worldOf({ runs: [runOf()], starts: [{ kind: 'already running' }, { kind: 'started', runId: 'run-2' }] });
    world.delivery = () => {
      world.runs = [runOf({ status: 'terminated', closedAt: 1 })];
      return { kind: 'answered', answer: 'Superseded.' };
    };
    await expect(start(contextOf(world, { options: { ...options, supersede: true } }).context)).rejects.toMatchObject({
      code: 5,
      message: expect.stringContaining('nobody knows what it left'),
    });
    expect(world.starts.length).toBe(1);
  });

  test('a gate that only the requester could pass is refused before anything is started', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'start-'));
    try {
      const few = join(folder, 'few.yaml');
      writeFileSync(few, 'roles: { lead: [ana, eva], ops: [ana] }\n');
      const world = worldOf();
      await expect(start(contextOf(world, { options: { ...options, overrides: [few] } }).context)).rejects.toMatchObject({
        code: 5,
        message: expect.stringMatching(
          /needs 2 of lead, ops, and beside you, who start it \(ana\), only eva holds one\. Let somebody else/,
        ),
      });
      expect(world.told).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('what is no version, and a spec that is none, are wrong usage', async () => {
    await expect(start(contextOf(worldOf(), { options: { ...options, release: 'a b' } }).context)).rejects.toMatchObject({ code: 2 });
    for (const release of ['v1+x', 'v1..2', 'v1.', 'a'.repeat(64)]) {
      await expect(start(contextOf(worldOf(), { options: { ...options, release } }).context)).rejects.toMatchObject({ code: 2 });
    }
    await expect(start(contextOf(worldOf(), { options: { ...options, spec: '/nowhere.yaml' } }).context)).rejects.toMatchObject({
      code: 2,
    });
  });
});
