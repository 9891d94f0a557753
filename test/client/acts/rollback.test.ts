import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rollback } from '../../../client/acts/rollback';
import type { DeploymentRequest } from '../../../workflows/runbook/release';
import { requestFile } from '../../../workflows/runbook/report/place';
import { keptRequest } from '../../../workflows/runbook/rollback/ended';
import { testRequest, testSpec } from '../../workflows/test-request';
import { contextOf, worldOf, type World } from '../fake-engine';
import { deploymentId, ramping, reportOf, row, runOf } from '../fixtures';
import type { DatabaseSpec, MigrationsSpec } from '../../../workflows/runbook/spec';
import type { ReleaseView } from '../../../workflows/runbook/view';

const spec = testSpec({
  rollback: { minimumReady: 0.5, partial: { share: 20, watch: 300_000 }, flags: { values: { A: 'false' }, watch: 300_000 } },
});
const request = testRequest({ spec, deploymentId });
const over = (more: Partial<World> = {}) =>
  worldOf({ request, runs: [runOf({ status: 'completed', closedAt: 1 })], report: reportOf(), ...more });
const started = (world: World) => world.told.find(({ by }) => by === 'start')?.what as DeploymentRequest | undefined;

const releaseView = { commit: 'c0ffee' } as ReleaseView;

describe('a rung while the deployment runs', () => {
  const running = () => worldOf({ request, runs: [runOf()], view: ramping() });

  test('shows what it would do and sends nothing with --dry-run', async () => {
    const world = running();
    const { context, stdout } = contextOf(world, { id: deploymentId, options: { level: 'partial', dryRun: true } });
    expect(await rollback(context)).toBe(0);
    expect(stdout()).toMatch(/share goes from 50 % to 20 % at once/);
    expect(stdout()).toMatch(
      /rollback\.traffic-20[^]*undo: traffic back to[^]*rollback\.partial-watch +watch +5 min[^]*rollback\.traffic-50/,
    );
    expect(stdout()).toMatch(/Nothing was changed \(--dry-run\)/);
    expect(world.told).toEqual([]);
  });

  test('shows what the safe flags restart, step by step', async () => {
    const { context, stdout } = contextOf(running(), { id: deploymentId, options: { level: 'flags', dryRun: true } });
    expect(await rollback(context)).toBe(0);
    expect(stdout()).toMatch(/rollback\.flags-configmap[^]*rollback\.flags [^]*undo: [^]*rollback\.flags-rollout[^]*rollback\.flags-pods/);
  });

  test('without somebody to ask it needs --yes, and then is one message to the deployment', async () => {
    const world = running();
    await expect(rollback(contextOf(world, { id: deploymentId, options: { level: 'partial' } }).context)).rejects.toMatchObject({
      code: 5,
      message: expect.stringMatching(/--level partial --yes/),
    });
    const { context } = contextOf(world, { id: deploymentId, options: { level: 'partial', then: 'stay', yes: true } });
    expect(await rollback(context)).toBe(0);
    expect(world.told).toMatchObject([{ by: 'update', name: 'rollback', what: { level: 'partial', then: 'stay', by: 'ana' } }]);
  });

  test('without a level it is taken as ever, at once and without a question', async () => {
    const world = running();
    const { context } = contextOf(world, { id: deploymentId, options: { wait: false } });
    expect(await rollback(context)).toBe(0);
    expect(world.told).toMatchObject([{ by: 'update', name: 'rollback' }]);
  });

  test.each([
    [{ level: 'upwards' }, /is no level: it is one of traffic, partial, flags, database, system/],
    [{ level: 'traffic', then: 'zero' }, /--then belongs to --level partial/],
  ])('what makes no sense is wrong usage: %j', async (options, message) => {
    await expect(rollback(contextOf(running(), { id: deploymentId, options }).context)).rejects.toMatchObject({
      code: 2,
      message: expect.stringMatching(message),
    });
  });
});

describe('the database after the deployment', () => {
  const withDatabase = (more: Partial<World> = {}) => over({ starts: [{ kind: 'started', runId: 'run-2' }], ...more });
  const options = { level: 'database', yes: true, wait: false };

  test('goes back by the backup of the deployment, or by the migrations of its version', async () => {
    const world = withDatabase({ runs: [runOf({ runId: 'run-2' }), runOf({ status: 'completed', closedAt: 1 })].reverse() });
    expect(await rollback(contextOf(world, { id: deploymentId, options }).context)).toBe(0);
    expect(started(world)?.rollback).toEqual({ level: 'database', of: deploymentId, database: { by: 'backup' } });
    const other = withDatabase({ runs: [runOf({ status: 'completed', closedAt: 1 }), runOf({ runId: 'run-2' })] });
    const more = { ...options, by: 'migrations', steps: '2' };
    expect(await rollback(contextOf(other, { id: deploymentId, options: more }).context)).toBe(0);
    expect(started(other)?.rollback?.database).toEqual({ by: 'migrations', steps: 2 });
  });

  test('is told which migrations came with the deployment, also through a rollback of it that was not done', async () => {
    const brought = { version: 'v1.0.0', commit: 'c0ffee', names: ['0002_sessions'] };
    const report = reportOf({ migrations: brought.names, release: { ...releaseView, commit: brought.commit } });
    for (const level of ['database', 'traffic'] as const) {
      const world = withDatabase({ report, runs: [runOf({ status: 'completed', closedAt: 1 }), runOf({ runId: 'run-2' })] });
      expect(await rollback(contextOf(world, { id: deploymentId, options: { ...options, level } }).context)).toBe(0);
      expect(started(world)?.rollback).toMatchObject({ level, of: deploymentId, brought });
    }
    const wish = { level: 'traffic', of: deploymentId, brought } as const;
    const world = withDatabase({
      each: {
        'run-9': { request: { ...request, deploymentId: 'back', rollback: wish }, report: reportOf({ outcome: 'FAILED', rollback: wish }) },
      },
      runs: [runOf({ runId: 'run-9', status: 'completed', memo: { deploymentId: 'back' } }), runOf({ runId: 'run-2' })],
    });
    expect(await rollback(contextOf(world, { id: 'deploy:analytics:production', options }).context)).toBe(0);
    expect(started(world)?.rollback).toMatchObject({ level: 'database', of: deploymentId, brought });
  });

  test('whose migrations the code of before does not work with is said before the traffic goes back, and accepted by a word of its own', async () => {
    const migrations = { kind: 'contract' } as MigrationsSpec;
    const contract = { ...request, spec: { ...spec, database: { migrations } as DatabaseSpec } };
    const report = reportOf({ migrations: ['0002_sessions'], release: releaseView });
    const world = () =>
      withDatabase({ request: contract, report, runs: [runOf({ status: 'completed', closedAt: 1 }), runOf({ runId: 'run-2' })] });
    const shown = contextOf(world(), { id: deploymentId, options: { level: 'traffic', dryRun: true } });
    expect(await rollback(shown.context)).toBe(0);
    expect(shown.stdout().replace(/\s+/g, ' ')).toMatch(
      /Expected impact v1\.0\.0 came with 0002_sessions \(contract\): the code of before does not work with them\. Refused while they are applied/,
    );
    const accepted = world();
    const word = contextOf(accepted, {
      id: deploymentId,
      options: { ...options, level: 'traffic', acceptContract: 'old errors are better' },
    });
    expect(await rollback(word.context)).toBe(0);
    expect(started(accepted)?.rollback).toMatchObject({ acceptContract: 'old errors are better' });
    expect(word.stdout()).toMatch(/ACCEPTED all the same: old errors are better/);
    const misplaced = contextOf(world(), { id: deploymentId, options: { ...options, acceptContract: 'x' } });
    await expect(rollback(misplaced.context)).rejects.toMatchObject({
      code: 2,
      message: expect.stringContaining('--accept-contract belongs'),
    });
  });

  test('an older backup needs its reason, and steps are a number', async () => {
    const world = withDatabase({ runs: [runOf({ status: 'completed', closedAt: 1 }), runOf({ runId: 'run-2' })] });
    const older = { ...options, backup: 'monday', acceptOlder: 'ours is damaged' };
    expect(await rollback(contextOf(world, { id: deploymentId, options: older }).context)).toBe(0);
    expect(started(world)?.rollback?.database).toMatchObject({ backup: 'monday', older: 'ours is damaged' });
    const wrong = contextOf(withDatabase(), { id: deploymentId, options: { ...options, steps: 'all' } });
    await expect(rollback(wrong.context)).rejects.toMatchObject({ code: 2 });
    const misplaced = contextOf(withDatabase(), { id: deploymentId, options: { level: 'traffic', by: 'backup' } });
    await expect(rollback(misplaced.context)).rejects.toMatchObject({ code: 2, message: expect.stringContaining('--level database') });
  });

  test('goes back also once the traffic has, by the rollback that came after', async () => {
    const rolled = { ...request, rollback: { level: 'traffic', of: deploymentId } } as const;
    const world = withDatabase({
      request: rolled,
      runs: [
        runOf({ runId: 'run-9', status: 'completed', memo: { deploymentId: 'back' } }),
        runOf({ status: 'completed', closedAt: 1 }),
        runOf({ runId: 'run-2' }),
      ],
    });
    expect(await rollback(contextOf(world, { id: deploymentId, options }).context)).toBe(0);
    expect(started(world)?.rollback).toMatchObject({ level: 'database', of: deploymentId });
  });

  test('leaves every rung of what serves: the rollback of the traffic that came before it can itself be rolled back', async () => {
    const [traffic, database] = [
      'analytics-production-rollback-traffic-20261124T040000Z',
      'analytics-production-rollback-database-20261124T050000Z',
    ];
    const wishes = { traffic: { level: 'traffic', of: deploymentId }, database: { level: 'database', of: deploymentId } } as const;
    const world = () =>
      over({
        each: {
          'run-8': {
            request: { ...request, deploymentId: traffic, rollback: wishes.traffic },
            report: reportOf({ rollback: wishes.traffic }),
          },
          'run-9': {
            request: { ...request, deploymentId: database, rollback: wishes.database },
            report: reportOf({ rollback: wishes.database }),
          },
        },
        runs: [
          runOf({ runId: 'run-9', status: 'completed', memo: { deploymentId: database } }),
          runOf({ runId: 'run-8', status: 'completed', memo: { deploymentId: traffic } }),
          runOf({ runId: 'run-2' }),
        ],
        starts: [{ kind: 'started', runId: 'run-2' }],
      });
    for (const level of ['flags', 'system', 'traffic'] as const) {
      const named = world();
      expect(await rollback(contextOf(named, { id: traffic, options: { ...options, level } }).context)).toBe(0);
      expect(started(named)?.rollback).toEqual({ level, of: traffic });
      // The worker, which knows who released what serves, names the other one.
      const newest = world();
      expect(await rollback(contextOf(newest, { id: database, options: { ...options, level } }).context)).toBe(0);
      expect(started(newest)?.rollback).toEqual({ level, of: deploymentId });
    }
  });
});

describe('a rung after Temporal has dropped the deployment', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reports-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const keep = (text: string) => writeFile(join(folder, requestFile(deploymentId)), text);
  const keepReport = (report = reportOf()) => keep(JSON.stringify(keptRequest(request, report)));
  const typed = (world: World, more: object = {}, id = deploymentId) => {
    const { context, stderr } = contextOf(world, { id, options: { level: 'traffic', yes: true, wait: false, ...more } });
    return { context: { ...context, env: { ...context.env, ANALYTICS_DEPLOY_REPORTS: folder } }, stderr };
  };
  const dropped = (runs: World['runs'] = []): World => {
    const world = worldOf({ request, runs, starts: [{ kind: 'started', runId: 'run-2' }] });
    world.onStart = () => void (world.runs = [runOf({ runId: 'run-2', memo: { deploymentId: 'back' } }), ...world.runs]);
    return world;
  };

  test('starts from what was kept at its end, as from its history', async () => {
    await keepReport(reportOf({ migrations: ['0002_sessions'], release: releaseView }));
    const world = dropped();
    const { context, stderr } = typed(world);
    expect(await rollback(context)).toBe(0);
    expect(started(world)).toMatchObject({
      spec: { service: 'analytics' },
      rollback: { level: 'traffic', of: deploymentId, brought: { version: 'v1.0.0', commit: 'c0ffee', names: ['0002_sessions'] } },
    });
    expect(stderr()).toMatch(/Temporal does not know it any more\. From the file that was kept at its end/);
  });

  test('is refused where another deployment came after it, or it was put back already', async () => {
    await keepReport();
    const later = dropped([runOf({ runId: 'run-9', status: 'completed', memo: { deploymentId: 'later' } })]);
    later.report = reportOf();
    await expect(rollback(typed(later).context)).rejects.toMatchObject({ code: 5, message: expect.stringMatching(/later came after/) });
    await keepReport(reportOf({ outcome: 'ROLLED_BACK' }));
    await expect(rollback(typed(dropped()).context)).rejects.toMatchObject({ code: 5, message: expect.stringMatching(/^Nothing to do/) });
  });

  test('is refused where what came after it was dropped as well, but for the rollback whose database is to follow', async () => {
    const keepLater = (id: string, more: Partial<DeploymentRequest>) => {
      const kept = keptRequest({ ...request, deploymentId: id, ...more }, reportOf({ startedAt: reportOf().startedAt + 1 }));
      return writeFile(join(folder, requestFile(id)), JSON.stringify(kept));
    };
    await keepReport();
    const later = 'analytics-production-v1.1.0-20261125T020000Z';
    await keepLater(later, {});
    for (const level of ['traffic', 'database']) {
      await expect(rollback(typed(dropped(), { level }).context)).rejects.toMatchObject({
        code: 5,
        message: expect.stringMatching(new RegExp(`${later} came after .*rollback ${later} --level ${level}`)),
      });
    }
    await keepLater(later, { rollback: { level: 'traffic', of: deploymentId } });
    expect(await rollback(typed(dropped(), { level: 'database' }).context)).toBe(0);
  });

  test('is found by its lane, too', async () => {
    await keepReport();
    const world = dropped();
    expect(await rollback(typed(world, {}, 'deploy:analytics:production').context)).toBe(0);
    expect(started(world)?.rollback).toMatchObject({ level: 'traffic', of: deploymentId });
  });

  test('says where the file is looked for, and what else can be done, where there is none', async () => {
    const told = rollback(typed(dropped()).context);
    await expect(told).rejects.toMatchObject({
      code: 5,
      message: expect.stringMatching(/There is no deployment .*\n.*not in .*reports-.*ANALYTICS_DEPLOY_REPORTS.*start --release VERSION$/),
    });
  });

  test.each([
    ['is none', '{}'],
    ['is cut off', '{"schemaVersion": 1, "requ'],
    ['is of another deployment', JSON.stringify({ schemaVersion: 1, request: { ...request, deploymentId: 'other' }, ended: {} })],
    ['is of a newer build', JSON.stringify({ schemaVersion: 99 })],
  ])('takes no file that %s', async (_, text) => {
    await keep(text);
    const world = dropped();
    await expect(rollback(typed(world).context)).rejects.toMatchObject({ code: 1 });
    expect(world.told).toEqual([]);
  });
});

describe('a rung after the deployment', () => {
  test('is named where somebody types the first thing that comes to mind: a rollback without a level', async () => {
    await expect(rollback(contextOf(over(), { id: deploymentId }).context)).rejects.toMatchObject({
      code: 5,
      message: expect.stringMatching(
        /^Too late to rollback: .*analytics-deploy rollback .* --level traffic \(--dry-run shows it first\)\.$/,
      ),
    });
  });

  test('shows plan and expected impact, and starts nothing with --dry-run', async () => {
    const world = over();
    const { context, stdout } = contextOf(world, { id: deploymentId, options: { level: 'traffic', dryRun: true } });
    expect(await rollback(context)).toBe(0);
    for (const line of [
      /rollback\.scale-up/,
      /rollback\.health\.request-1/,
      /Expected impact/,
      /All callers move at once/,
      /as soon as 50 % of the pods/,
    ])
      expect(stdout()).toMatch(line);
    expect(world.told).toEqual([]);
    const json = contextOf(over(), { id: deploymentId, options: { level: 'system', dryRun: true }, json: true });
    expect(await rollback(json.context)).toBe(0);
    const told = JSON.parse(json.stdout()) as { level: string; done: boolean; lines: { id: string }[] };
    expect(told).toMatchObject({ level: 'system', of: deploymentId, running: false, done: false });
    expect(told.lines.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['resolve.rollback', '2.0.lock', 'rollback.image', 'rollback.smoke.request-1']),
    );
  });

  test('is a deployment of its own in the same lane, and waits for its end', async () => {
    const world = over({ starts: [{ kind: 'started', runId: 'run-2' }] });
    const rolled = reportOf({ rollback: { level: 'traffic', of: deploymentId }, reason: 'analytics is back on v0.9.0 (green).' });
    world.onStart = () => {
      world.report = rolled;
      world.runs = [runOf({ runId: 'run-2', status: 'completed', closedAt: 2 }), ...world.runs];
    };
    const { context, stdout } = contextOf(world, { id: deploymentId, options: { level: 'traffic', yes: true, comment: 'errors' } });
    expect(await rollback(context)).toBe(0);
    expect(started(world)).toMatchObject({
      version: 'rollback-traffic',
      rollback: { level: 'traffic', of: deploymentId, reason: 'errors' },
      requester: 'ana',
      deploymentId: expect.stringMatching(/^analytics-production-rollback-traffic-\d{8}T\d{6}Z$/),
    });
    expect(stdout()).toMatch(new RegExp(`analytics: rollback \\(traffic\\) of ${deploymentId} in production: succeeded`));
  });

  test.each([
    ['refused when it is resolved', 'resolve.rollback', 'failed', 5],
    ['refused at the second look, after a wait', 'gate.resolve', 'failed', 5],
    ['refused as there is no backup that it may take', 'rollback.since', 'failed', 5],
    ['rejected at its gate', 'resolve.rollback', 'done', 6],
  ] as const)('that is %s has changed nothing, and its exit code tells which', async (_, step, state, code) => {
    const world = over({ starts: [{ kind: 'started', runId: 'run-2' }] });
    world.onStart = () => {
      const resolved = row('resolve', 'resolve', { children: [row(step, 'resolve the rollback', { state })] });
      world.report = reportOf({
        outcome: 'FAILED',
        reason: 'Not rolled back: nothing is on record.',
        rollback: { level: 'traffic', of: deploymentId },
        rows: [resolved],
      });
      world.runs = [runOf({ runId: 'run-2', status: 'completed', closedAt: 2 }), ...world.runs];
    };
    const { context, stdout } = contextOf(world, { id: deploymentId, options: { level: 'traffic', yes: true } });
    expect(await rollback(context)).toBe(code);
    expect(stdout()).toMatch(/not done, nothing is changed/);
    expect(stdout()).toMatch(/nothing is on record/);
  });

  test('where the service is not well in the end fails, and the next rung can be taken from there', async () => {
    const back = 'analytics-production-rollback-traffic-20261124T030000Z';
    const brought = { version: 'v1.0.0', commit: 'c0ffee', names: ['0002_sessions'] };
    const wish = { level: 'traffic', of: deploymentId, brought } as const;
    const unwell = reportOf({ deploymentId: back, outcome: 'ROLLBACK_INCOMPLETE', unwell: true, rollback: wish });
    const ends = over({ starts: [{ kind: 'started', runId: 'run-2' }] });
    ends.onStart = () => {
      ends.report = unwell;
      ends.runs = [runOf({ runId: 'run-2', status: 'completed', closedAt: 2 }), ...ends.runs];
    };
    expect(await rollback(contextOf(ends, { id: deploymentId, options: { level: 'traffic', yes: true } }).context)).toBe(4);
    const next = over({
      each: { 'run-9': { request: { ...request, deploymentId: back, rollback: wish }, report: unwell } },
      runs: [runOf({ runId: 'run-9', status: 'completed', memo: { deploymentId: back } }), runOf({ runId: 'run-2' })],
      starts: [{ kind: 'started', runId: 'run-2' }],
    });
    expect(await rollback(contextOf(next, { id: back, options: { level: 'system', yes: true, wait: false } }).context)).toBe(0);
    expect(started(next)?.rollback).toEqual({ level: 'system', of: back, brought });
  });

  test.each([
    ['SUCCEEDED', 0],
    ['ROLLED_BACK', 3],
  ] as const)(
    'beside a rollback that is under way already is that rollback, and waits for its end: %s is exit %i',
    async (outcome, code) => {
      const under = { level: 'traffic', of: deploymentId } as const;
      const report = reportOf({ outcome, rollback: under });
      const world = worldOf({ request: { ...request, rollback: under }, runs: [runOf()], view: ramping({ rollback: under }), report });
      world.delivery = () => {
        world.runs = [runOf({ status: 'completed', closedAt: 1 })];
        return { kind: 'answered', answer: 'Rolling back already.' };
      };
      const { context, stdout } = contextOf(world, { id: deploymentId, options: { level: 'traffic', yes: true } });
      expect(await rollback(context)).toBe(code);
      expect(stdout()).toMatch(/is itself a rollback \(traffic[^]*goes on as it is/);
      expect(stdout()).toMatch(/Rolling back already/);
    },
  );

  test('of a deployment that is being rolled back already leads to that rollback, and not to the end of it', async () => {
    const runs = [runOf({ runId: 'run-9', memo: { deploymentId: 'back' } }), runOf({ status: 'completed', closedAt: 1 })];
    const world = over({ runs, request: { ...request, rollback: { level: 'traffic', of: deploymentId } } });
    await expect(rollback(contextOf(world, { id: deploymentId, options: { level: 'traffic', yes: true } }).context)).rejects.toMatchObject({
      code: 5,
      message: expect.stringMatching(/back is rolling back already \(traffic, .*\): analytics-deploy watch back$/),
    });
  });

  test('goes by what serves, also where a rollback of the database since has not ended well', async () => {
    const rollbackOfDatabase = { level: 'database', of: 'v1', database: { by: 'backup', version: 'v1.0.0' } } as const;
    const world = over({
      request: { ...request, rollback: rollbackOfDatabase },
      report: reportOf({ outcome: 'ROLLBACK_INCOMPLETE', rollback: rollbackOfDatabase }),
      runs: [runOf({ status: 'completed', closedAt: 1 }), runOf({ runId: 'run-2' })],
      starts: [{ kind: 'started', runId: 'run-2' }],
    });
    const options = { level: 'flags', yes: true, wait: false };
    expect(await rollback(contextOf(world, { id: deploymentId, options }).context)).toBe(0);
    expect(started(world)?.rollback).toEqual({ level: 'flags', of: 'v1' });
  });

  test.each([
    ['was put back already', { report: reportOf({ outcome: 'ROLLED_BACK' }) }, /Nothing to do: .*the world is as before/],
    ['left something changed', { report: reportOf({ outcome: 'ROLLBACK_INCOMPLETE' }) }, /analytics-deploy repair/],
    [
      'is not the newest',
      {
        runs: [
          runOf({ runId: 'run-9', status: 'completed', memo: { deploymentId: 'later' } }),
          runOf({ status: 'completed', closedAt: 1 }),
        ],
      },
      /later came after .*rollback later --level traffic/,
    ],
    [
      'has one beside it that runs',
      { runs: [runOf({ runId: 'run-9', memo: { deploymentId: 'later' } }), runOf({ status: 'completed', closedAt: 1 })] },
      /later runs in the same lane/,
    ],
    ['meets another start', { starts: [] }, /runs in the same lane/],
  ] as const)('of a deployment that %s is refused with what to do instead', async (_, more, message) => {
    const world = over(more as Partial<World>);
    await expect(rollback(contextOf(world, { id: deploymentId, options: { level: 'traffic', yes: true } }).context)).rejects.toMatchObject({
      code: 5,
      message: expect.stringMatching(message),
    });
  });
});
