import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { weekdays, type ProfileSpec, type Spec, type WindowsSpec } from '../../workflows/runbook/spec';
import { openingInWords } from '../../workflows/runbook/windows';
import type { DeploymentReport, DeploymentView } from '../../workflows/runbook/view';
import { FakeWorld, lockedAtFirst } from './fake-world';
import { Harness } from './harness';
import { testRequest, testSpec } from './test-request';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const sinks = [{ kind: 'webhook', name: 'ops', url: 'https://ops.example.com' }] as const;
const gate = { approvals: 1, roles: ['lead'], expires: hour, onExpiry: 'rollback' } as const;
/** What a step may wait for, so that hours pass without an end. */
const patient = { attention: { deadline: 30 * day, undoDeadline: minute } };

let harness: Harness;
const onTheRealServer = () => {
  beforeAll(async () => {
    harness = await Harness.open();
  }, 60_000);
  afterAll(() => harness.close());
};
/** The clock of this server jumps: it is hours and days ahead of the worker's own, so that whatever looked at that one would be wrong. */
const whereTheClockJumps = () => {
  beforeEach(async () => {
    harness = await Harness.openTimeSkipping();
  });
  afterEach(() => harness.close());
};

/** A window of each week in which the given moments lie. */
function windowAt(name: string, opens: number, closes: number): WindowsSpec['weekly'][number] {
  const weekday = weekdays[(Math.floor(opens / day) + 3) % 7] ?? 'Mon';
  return { name, days: [weekday], from: opens % day, to: closes % day || day };
}
/** Windows that begin and end so many milliseconds from now. */
async function windowsOf(...hours: readonly (readonly [name: string, opens: number, closes: number])[]): Promise<WindowsSpec> {
  const now = await harness.now();
  const weekly = hours.map(([name, opens, closes]) => windowAt(name, now + opens, now + closes));
  return { weekly, freezes: [], buffer: 15 * minute, timeZones: [] };
}
const worldOf = (change: Partial<Spec>, asked = {}): FakeWorld =>
  new FakeWorld(testRequest({ spec: testSpec({ sinks, ...change }), ...asked }));
/** Begins with production and is put back at its first question there: a watch, and its sampler, need a clock that does not jump. */
function stoppedInProduction(change: Partial<Spec>): FakeWorld {
  const world = worldOf({ attention: { deadline: minute, undoDeadline: minute }, ...change });
  world.hook = (name, _, when) => {
    if (name === 'verifyPodConfig' && when === 'before') throw ApplicationFailure.nonRetryable('enough', 'CheckFailed');
  };
  return world;
}
const isWaiting = ({ state }: DeploymentView): boolean => state === 'waiting for its window';
const wrote = (world: FakeWorld): boolean => world.ledger.some(({ subject }) => subject.startsWith('analytics/'));
const rowOf = ({ rows }: Pick<DeploymentReport, 'rows'>, id: string) =>
  rows.flatMap((row) => [row, ...row.children]).find((row) => row.id === id);
const told = (world: FakeWorld, kind: string): number => world.notices.filter((key) => key.includes(kind)).length;

describe('a deployment that is asked for outside of its window', () => {
  whereTheClockJumps();

  test('waits for it on a timer that says so, and writes nothing of production before', async () => {
    const world = stoppedInProduction({ windows: await windowsOf(['night', 3 * hour, 5 * hour]) });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const view = await deployment.until(isWaiting);
      expect(view.window).toMatchObject({ name: 'night', waiting: true, why: 'no window is open', endsAt: null });
      expect(view.phase).toBe('window');
      expect(wrote(world)).toBe(false);
      expect(world.calls).not.toContain('takeTarget');
      const opens = view.window?.opens ?? 0;
      const report = await deployment.result();
      expect(rowOf(report, 'window.wait')?.endedAt).toBeGreaterThanOrEqual(opens);
      expect(rowOf(report, '2.0.lock')?.startedAt).toBeGreaterThanOrEqual(opens);
      expect(rowOf(report, 'window.resolve')?.state).toBe('done');
      expect([told(world, '/window-2'), told(world, 'window-overrun')]).toEqual([1, 0]);
      const { json } = await deployment.history();
      expect(json).toContain(Buffer.from('"waiting for its window: ').toString('base64').slice(0, 28));
    });
  });

  test('with 30 minutes left it does not begin, says why, and begins at the next opening that fits', async () => {
    const windows = await windowsOf(
      ['first', -90 * minute, 30 * minute],
      ['short', 3 * hour, 3 * hour + 10 * minute],
      ['next', 9 * hour, 11 * hour],
    );
    const world = stoppedInProduction({ windows: { ...windows, buffer: 40 * minute } });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { window } = await deployment.until(isWaiting);
      expect(window?.name).toBe('next');
      expect(window?.why).toMatch(
        /^first is open until .* UTC, (30|29) min are left, and production needs 4\d min .*40 min buffer.*; one opening before it would be too short$/,
      );
      const report = await deployment.result();
      expect(rowOf(report, '2.0.lock')).toMatchObject({ state: 'done' });
      expect(rowOf(report, '2.0.lock')?.startedAt).toBeGreaterThanOrEqual(window?.opens ?? Infinity);
    });
  });

  test('is put back at once where somebody aborts while it waits', async () => {
    const world = worldOf({ windows: await windowsOf(['night', 20 * hour, 22 * hour]) });
    const before = world.snapshot();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(isWaiting);
      await deployment.send('abort', { by: 'bo' });
      const report = await deployment.result();
      expect(report.outcome).toBe('ROLLED_BACK');
      expect(report.endedAt - report.startedAt).toBeLessThan(hour);
      expect(world.state).toEqual(before);
    });
  });

  test('that no window can ever hold ends with the reason, and staging is as before', async () => {
    const windows = await windowsOf(['night', hour, 2 * hour]);
    const world = worldOf({ windows: { ...windows, buffer: hour } });
    const before = world.snapshot();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const report = await deployment.result();
      expect(report.reason).toMatch(/^Production cannot begin: production needs .* the longest opening has 60 min\.$/);
      expect(world.state).toEqual(before);
    });
  });

  test('asks for the approval again where the world has changed while it waited', async () => {
    const world = stoppedInProduction({ windows: await windowsOf(['night', 3 * hour, 5 * hour], ['next', 20 * hour, 22 * hour]) });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(isWaiting);
      world.release = { ...world.release, live: { ...world.release.live, image: 'app@sha256:hotfix' } };
      await harness.skip(3 * hour);
      const { gate: open } = await deployment.until((view) => view.gate !== null);
      expect(open?.changed).toEqual(['live image: app@sha256:old → app@sha256:hotfix']);
      expect(wrote(world)).toBe(false);
      await deployment.approve();
      expect(rowOf(await deployment.result(), '2.0.lock')?.state).toBe('done');
    });
  });
});

describe('in an open window that holds it', () => {
  onTheRealServer();

  test('a deployment begins at once, and reads nothing twice', async () => {
    const world = worldOf({ windows: await windowsOf(['night', -minute, 2 * hour]) });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const view = await deployment.until(({ window }) => window?.waiting === false);
      expect(view.window?.endsAt).toBeGreaterThan(0);
      const report = await deployment.result();
      expect(report.outcome).toBe('SUCCEEDED');
      expect(world.calls.filter((name) => name === 'resolveRelease')).toHaveLength(2);
      expect((await deployment.history()).events).toBeLessThan(400);
      expect([told(world, '/window-2'), told(world, 'window-overrun')]).toEqual([1, 0]);
    });
  });
});

describe('outside of its window', () => {
  onTheRealServer();

  test('whoever is on call is asked for the very window that is foreseen, and the report keeps for which one it was said', async () => {
    const oncall = { owner: 'ops', within: hour, remind: [], onExpiry: 'rollback' } as const;
    const windows = await windowsOf(['later', 3 * hour, 6 * hour]);
    const world = worldOf({ windows, attestations: { 'window.oncall': oncall } });
    await harness.deploy(world, async (deployment) => {
      const { attestations = [] } = await deployment.until(({ state }) => state === 'waiting for attestations');
      const [asked] = attestations;
      expect(asked?.title).toMatch(/^somebody is on call for the window \w{3} \d+ \w{3} [\d:]+–.*[\d:]+ UTC \(later\), as foreseen$/);
      const answer = await deployment.send('attest', { item: 'window.oncall', by: 'bo', comment: 'me' });
      expect(answer).toBe(`Attested: ${asked?.title}.`);
      await deployment.approve();
      const { window } = await deployment.until(isWaiting);
      expect(asked?.title).toContain(openingInWords(window ?? { opens: 0, closes: 0, name: '' }));
      await deployment.send('abort', { by: 'ana' });
      expect((await deployment.result()).attestations).toMatchObject([{ id: 'window.oncall', by: 'bo', title: asked?.title }]);
    });
  });
});

describe('what takes longer than foreseen', () => {
  whereTheClockJumps();

  /** Candidate and flags are written, and then somebody is asked. */
  const parked = async (): Promise<FakeWorld> => {
    const world = worldOf({ ...patient, windows: await windowsOf(['night', -minute, 30 * minute]) });
    let failed = false;
    world.hook = (name, _, when) => {
      if (name !== 'verifyPodConfig' || when !== 'before' || failed) return;
      failed = true;
      throw ApplicationFailure.nonRetryable('1 of 3 pods does not name the flags', 'CheckFailed');
    };
    return world;
  };
  const isParked = ({ attention }: DeploymentView): boolean => attention?.step === '2.2.flags';

  test('uses up the window before the first write: production waits for the next one', async () => {
    const windows = await windowsOf(['night', -minute, 2 * hour], ['next', 20 * hour, 22 * hour]);
    const world = lockedAtFirst(stoppedInProduction({ ...patient, windows }));
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(({ attention }) => attention?.step === '2.0.lock');
      await harness.skip(3 * hour);
      await deployment.send('retry', { step: '2.0.lock', by: 'eva' });
      const { window } = await deployment.until(isWaiting);
      expect(window?.name).toBe('next');
      await harness.skip(20 * hour);
      const view = await deployment.until((later) => rowOf(later, '2.1.flags')?.state === 'done');
      expect(rowOf(view, '2.1.flags')?.startedAt).toBeGreaterThanOrEqual(window?.opens ?? Infinity);
    });
  });

  test('what was approved is looked at again after a wait at the lock: where the colours were swapped meanwhile the gate opens anew', async () => {
    const windows = await windowsOf(['night', -minute, 2 * hour], ['next', 20 * hour, 22 * hour]);
    const world = lockedAtFirst(stoppedInProduction({ ...patient, windows, gates: { production: { ...gate, expires: 30 * day } } }));
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(({ attention }) => attention?.step === '2.0.lock');
      const { live, candidate } = world.release;
      world.release = { ...world.release, live: candidate, candidate: live, selected: candidate.colour, digest: 'swapped' };
      await harness.skip(3 * hour);
      await deployment.send('retry', { step: '2.0.lock', by: 'eva' });
      await deployment.until(isWaiting);
      await harness.skip(17.5 * hour);
      const { gate: open, rows } = await deployment.until((view) => view.gate !== null);
      expect(open?.changed[0]).toBe(`live colour: ${live.colour} → ${candidate.colour}`);
      expect(rowOf({ rows }, '2.0.lock')).toMatchObject({
        state: 'pending',
        note: expect.stringMatching(/^The release is not as it was approved: live/),
      });
      expect([world.calls.filter((name) => name === 'takeTarget').length, wrote(world)]).toEqual([1, false]);
      await deployment.approve();
      await deployment.until(({ attention }) => attention?.step === '2.2.flags');
      expect(world.ledger.map(({ subject }) => subject)).not.toContain(`analytics/deployment/${candidate.deployment}`);
      await deployment.send('abort', { by: 'bo' });
      expect((await deployment.result()).outcome).toBe('ROLLED_BACK');
    });
  });

  test('a gate that opens anew opens at once, however late, and nothing is overrun while people are asked', async () => {
    const windows = await windowsOf(['night', -minute, 2 * hour], ['next', 20 * hour, 22 * hour]);
    const world = lockedAtFirst(stoppedInProduction({ ...patient, windows, gates: { production: { ...gate, expires: 30 * day } } }));
    const liveImage = (image: string) => (world.release = { ...world.release, live: { ...world.release.live, image } });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(({ attention }) => attention?.step === '2.0.lock');
      liveImage('app@sha256:hotfix');
      await harness.skip(0.25 * hour);
      await deployment.send('retry', { step: '2.0.lock', by: 'eva' });
      expect((await deployment.until((view) => view.gate !== null)).window).toBeNull();
      liveImage('app@sha256:hotfix-2');
      await harness.skip(3 * hour);
      expect(told(world, 'window-overrun')).toBe(0);
      await deployment.approve();
      const { gate: open } = await deployment.until((view) => isWaiting(view) || (view.gate?.changed[0] ?? '').includes('hotfix-2'));
      expect(open?.changed).toEqual(['live image: app@sha256:hotfix → app@sha256:hotfix-2']);
      await deployment.approve();
      expect((await deployment.until(isWaiting)).window?.name).toBe('next');
      await deployment.send('abort', { by: 'bo' });
      expect((await deployment.result()).outcome).toBe('ROLLED_BACK');
    });
  });

  test('a wait between the lock and the first write: what others have changed in spite of the lock ends the deployment', async () => {
    const world = stoppedInProduction(patient);
    const before = world.snapshot();
    const { hook } = world;
    let failed = false;
    world.hook = (name, input, when) => {
      if (name !== 'readFlags' || when !== 'before' || failed) return hook(name, input, when);
      failed = true;
      throw ApplicationFailure.nonRetryable('the cluster said no', 'Unexpected');
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(({ attention }) => attention?.step === '2.1.flags');
      world.release = { ...world.release, live: { ...world.release.live, image: 'app@sha256:hotfix' } };
      await harness.skip(3 * hour);
      await deployment.send('retry', { step: '2.1.flags', by: 'eva' });
      const { outcome, reason } = await deployment.result();
      expect(reason).toBe('The release is not as it was approved: live image: app@sha256:old → app@sha256:hotfix. Start it again.');
      expect([outcome, world.state]).toEqual(['ROLLED_BACK', before]);
    });
  });

  test('migrations that nothing takes back are production: no window is waited for after them, and nothing supersedes them', async () => {
    const command = { directory: '.', environment: {}, timeout: 30_000 };
    const windows = await windowsOf(['night', -minute, 2 * hour], ['next', 20 * hour, 22 * hour]);
    const world = stoppedInProduction({
      ...patient,
      windows,
      gates: { production: { ...gate, roles: ['lead', 'ops'], approvals: 2, expires: 30 * day }, contract: gate },
      database: {
        ...{ url: 'env:DATABASE', restore: { deadline: minute } },
        migrations: { ...command, list: ['list'], up: ['up'], variable: 'URL', table: 'applied', kind: 'contract', reversible: false },
      },
    });
    await harness.deploy(world, async (deployment) => {
      const { hook } = world;
      world.hook = async (name, input, when) => {
        if (name === 'applyMigrations' && when === 'after') await deployment.send('pause', { by: 'bo' });
        await hook(name, input, when);
      };
      await deployment.approve();
      await deployment.approve('contract');
      await deployment.until(({ state }) => state === 'paused');
      await harness.skip(3 * hour);
      await deployment.send('resume', { by: 'bo' });
      const view = await deployment.until((later) => isWaiting(later) || later.attention !== null);
      expect(view.attention?.step).toBe('2.2.flags');
      await expect(deployment.send('supersede', { by: 'eva' })).rejects.toMatchObject({
        cause: { message: expect.stringContaining('it has touched production') },
      });
      await deployment.send('abort', { by: 'bo' });
      await deployment.result();
    });
  });

  test('past the end of its window gives one notice, and is stopped by nothing', async () => {
    const world = await parked();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(isParked);
      await harness.skip(2 * hour);
      const { window } = await deployment.status();
      expect(window).toMatchObject({ name: 'night', waiting: false });
      expect(window?.endsAt).toBeGreaterThan(window?.closes ?? Infinity);
      await deployment.send('retry', { step: '2.2.flags', by: 'bo' });
      await deployment.until(({ share }) => share > 0);
      expect(told(world, 'window-overrun')).toBe(1);
    });
  });

  test('past the end of its window is rolled back like any other', async () => {
    const world = await parked();
    const before = world.snapshot();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(isParked);
      await harness.skip(2 * hour);
      await deployment.send('rollback', { by: 'bo' });
      expect((await deployment.result()).outcome).toBe('ROLLED_BACK');
      expect(world.state).toEqual(before);
    });
  });

  test('is a pause that ends after the window: the next one is waited for', async () => {
    const world = stoppedInProduction({ windows: await windowsOf(['night', hour, 2 * hour], ['next', 20 * hour, 22 * hour]) });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(isWaiting);
      await deployment.send('pause', { by: 'bo' });
      await harness.skip(4 * hour);
      expect((await deployment.status()).state).toBe('paused');
      await deployment.send('resume', { by: 'bo' });
      const { window } = await deployment.until((view) => isWaiting(view) && view.window?.name === 'next');
      const report = await deployment.result();
      expect(rowOf(report, '2.0.lock')?.startedAt).toBeGreaterThanOrEqual(window?.opens ?? Infinity);
    });
  });
});

describe('an emergency', () => {
  onTheRealServer();

  const asked = { emergency: { reason: 'checkout is down' } };
  const spec = async () => ({
    windows: await windowsOf(['night', 20 * hour, 22 * hour]),
    gates: { production: { ...gate, approvals: 2, roles: ['lead', 'ops'] }, emergency: gate },
  });

  test('waits for no window once its own gate is approved, and the report says so', async () => {
    const world = worldOf(await spec(), asked);
    await harness.deploy(world, async (deployment) => {
      const { gate: open } = await deployment.until((view) => view.gate !== null);
      expect(open).toMatchObject({ id: 'emergency', approvals: 1 });
      expect(open?.shows[0]).toBe('emergency: checkout is down');
      await expect(deployment.send('approve', { gate: 'emergency', digest: open?.digest ?? '', by: 'ana' })).rejects.toThrow();
      await deployment.approve('emergency');
      await deployment.approve();
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'SUCCEEDED', asked: { emergency: 'checkout is down' } });
      expect(report.endedAt - report.startedAt).toBeLessThan(hour);
      expect(rowOf(report, 'window')).toMatchObject({ state: 'off', note: 'emergency: checkout is down' });
      expect(report.decisions.map(({ on }) => on.split(' ')[1])).toEqual(['emergency', 'production', 'production']);
    });
  });

  test('that nobody approves expires, and production is not touched', async () => {
    const { gates, ...rest } = await spec();
    const world = worldOf({ ...rest, gates: { ...gates, emergency: { ...gate, expires: 400 } } }, asked);
    await harness.deploy(world, async (deployment) => {
      expect((await deployment.result()).outcome).toBe('EXPIRED');
      expect(wrote(world)).toBe(false);
      expect(told(world, 'gate-emergency')).toBeGreaterThan(0);
    });
  });
});

describe('a profile', () => {
  onTheRealServer();

  const hotfix: ProfileSpec = { about: 'one correction', off: { '1.3': 'has been under load' }, waits: { steps: 100 }, gate };

  test('leaves out what it says once its own gate is approved; the report lists it', async () => {
    const world = worldOf({ profiles: { hotfix } }, { profile: 'hotfix' });
    await harness.deploy(world, async (deployment) => {
      const { gate: open, asked } = await deployment.until((view) => view.gate !== null);
      expect(open).toMatchObject({ id: 'profile', title: 'profile hotfix' });
      expect(open?.shows).toEqual(expect.arrayContaining([...(asked?.leftOut ?? [''])]));
      await deployment.approve('profile');
      await deployment.approve();
      const report = await deployment.result();
      expect(report).toMatchObject({
        outcome: 'SUCCEEDED',
        asked: { profile: 'hotfix', leftOut: ['without 1.3: has been under load', 'waits of its own: each further share 100 ms'] },
      });
      expect(rowOf(report, '1.3')).toMatchObject({ state: 'off', note: 'hotfix: has been under load' });
      expect(rowOf(report, '2.3.watch-50')?.planned).toBe(100);
      expect(world.calls).not.toContain('runLoadTest');
    });
  });
});

describe('other open deployments', () => {
  onTheRealServer();

  const other = {
    deploymentId: 'billing-1',
    service: 'billing',
    environment: 'production',
    version: 'v2',
    requester: 'cy',
    phase: 'phase 2: production',
  };

  test('are shown to who approves', async () => {
    const world = worldOf({});
    world.others = { open: [other] };
    await harness.deploy(world, async (deployment) => {
      const { gate: open } = await deployment.until((view) => view.gate !== null);
      expect(open?.shows).toContain('also open here: billing v2 → production, phase 2: production, by cy (billing-1)');
    });
  });

  test('hold nobody up where they cannot be seen', async () => {
    const world = worldOf({});
    world.others = { open: [], unknown: 'Temporal did not list them' };
    await harness.deploy(world, async (deployment) => {
      const { gate: open } = await deployment.until((view) => view.gate !== null);
      expect(open?.shows).toContain('other deployments: unknown, Temporal did not list them');
      await deployment.approve();
      expect((await deployment.result()).outcome).toBe('SUCCEEDED');
    });
  });
});
