import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { plan } from '../../../client/acts/plan';
import { start } from '../../../client/acts/start';
import { windows } from '../../../client/acts/windows';
import { columns } from '../../../client/screens/look';
import type { DeploymentRequest } from '../../../workflows/runbook/release';
import { contextOf, worldOf } from '../fake-engine';
import { runOf } from '../fixtures';

const spec = resolve('spec/analytics.yaml');
const folder = mkdtempSync(join(tmpdir(), 'analytics-deploy-windows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const overrides = (name: string, text: string): readonly string[] => {
  writeFileSync(join(folder, name), text);
  return [join(folder, name)];
};
const lines = async (options: object): Promise<readonly string[]> => {
  const { context, stdout } = contextOf(worldOf(), { options: { spec, ...options } });
  expect(await windows(context)).toBe(0);
  return stdout().split('\n');
};

describe('windows', () => {
  test('lists the next openings, what would fit into each, and what time it is then elsewhere', async () => {
    const text = (await lines({ at: '2026-11-24T03:30Z' })).join('\n');
    expect(text).toContain('Tue–Thu 02:00–04:00 UTC (weekday)');
    expect(text).toMatch(/Tue 24 Nov 02:00–04:00 UTC \(weekday\), open now, 30 min left\n +too long +standard, hotfix, config/);
    expect(text).toMatch(/Wed 25 Nov 02:00–04:00 UTC \(weekday\), 2 h\n +fits +standard, hotfix, config/);
    expect(text).toContain('estimates at most as long as the table gives: config, code, migration\n');
    expect(text).toMatch(/Europe\/Berlin Wed 03:00–05:00\n +America\/New_York Tue 21:00–23:00/);
  });

  test('in other zones daylight saving moves the clock, and the window stays', async () => {
    const text = (await lines({ at: '2026-10-24T00:00Z' })).join('\n');
    expect(text).toContain('Europe/Berlin Sat 03:00–05:00');
    expect(text).toContain('Sun 25 Oct 01:00–03:00 UTC (weekend)');
    // The clocks go back while it is open.
    expect(text).toContain('Europe/Berlin Sun 02:00–04:00');
  });

  test('shows a freeze with its reason and leaves its openings out', async () => {
    const freeze = overrides('freeze.yaml', 'windows: { freezes: [{ from: 2026-11-24, to: 2026-11-28, reason: audit }] }\n');
    const text = (await lines({ at: '2026-11-24T00:00Z', overrides: freeze })).join('\n');
    expect(text).toContain('frozen    Tue 24 Nov 00:00 – Sat 28 Nov 00:00 UTC: audit');
    expect(text).not.toContain('Wed 25 Nov 02:00');
    expect(text).toContain('Sat 28 Nov 01:00–03:00 UTC (weekend)');
  });

  test('fits 80 columns, says the same as data, and refuses what is no time', async () => {
    expect((await lines({ at: '2026-11-24T03:30Z' })).filter((line) => columns(line) > 80)).toEqual([]);
    const { context, stdout } = contextOf(worldOf(), { options: { spec, at: '2026-11-24' }, json: true });
    await windows(context);
    expect(JSON.parse(stdout())).toMatchObject({
      at: '2026-11-24T00:00:00.000Z',
      needs: [{ profile: 'standard', buffer: 900_000 }, { profile: 'hotfix' }, { profile: 'config' }],
      openings: expect.arrayContaining([
        expect.objectContaining({
          name: 'weekday',
          opens: '2026-11-24T02:00:00.000Z',
          closes: '2026-11-24T04:00:00.000Z',
          left: 7_200_000,
        }),
      ]),
    });
    await expect(windows(contextOf(worldOf(), { options: { spec, at: 'Tuesday' } }).context)).rejects.toMatchObject({ code: 2 });
  });

  test('says where there are none', async () => {
    const text = (await lines({ overrides: overrides('none.yaml', 'windows: null\n') })).join('\n');
    expect(text).toContain('at any time: the spec names no windows');
  });
});

describe('what is asked for beside the standard runbook', () => {
  const release = { release: 'v1.0.0', spec };
  const asked = async (options: object): Promise<{ readonly request: DeploymentRequest; readonly text: string }> => {
    const world = worldOf({ runs: [runOf()] });
    const { context, stdout } = contextOf(world, { options: { ...release, ...options } });
    expect(await start(context)).toBe(0);
    return { request: world.told[0]?.what as DeploymentRequest, text: stdout() };
  };

  test('start says when production would begin and what it needs', async () => {
    const { request, text } = await asked({});
    expect(text.replaceAll(/\s+/g, ' ')).toMatch(/Production (would begin|needs) .* UTC \((weekday|weekend)\), were it approved/);
    expect(request.profile).toBeUndefined();
  });

  test('a profile stands in the request with a plan of its own, and what it leaves out is said', async () => {
    const standard = await asked({});
    const { request, text } = await asked({ profile: 'hotfix' });
    expect(request.profile).toBe('hotfix');
    expect(request.planDigest).not.toBe(standard.request.planDigest);
    expect(text).toContain('Without 1.3:');
    expect((await asked({ profile: 'standard' })).request.planDigest).toBe(standard.request.planDigest);
  });

  test('an emergency waits for no window and carries its reason', async () => {
    const { request, text } = await asked({ emergency: true, reason: 'checkout is down' });
    expect(request.emergency).toEqual({ reason: 'checkout is down' });
    expect(text).toContain('No window is waited for: checkout is down.');
    expect(text).not.toContain('Production would');
  });

  test.each<readonly [what: string, options: object, code: number, said: RegExp]>([
    ['an unknown profile', { profile: 'hotfx' }, 2, /"hotfx" is no profile of .*: it has standard, hotfix, config/],
    ['an emergency without a reason', { emergency: true }, 2, /--emergency needs --reason/],
    ['a reason for nothing', { reason: 'x' }, 2, /together with --take-over or --emergency/],
    [
      'a gate that only who starts could pass',
      { emergency: true, reason: 'x', as: 'eva', one: true },
      5,
      /the gate "emergency: .*" needs 1 of lead, .*nobody holds one/,
    ],
  ])('%s is refused', async (_, options, code, said) => {
    const alone = overrides('alone.yaml', 'roles: { lead: [eva] }\ngates: { emergency: { roles: [lead] } }\n');
    const given = { ...release, ...options, ...('one' in options ? { overrides: alone } : {}) };
    await expect(start(contextOf(worldOf(), { options: given }).context)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(said),
    });
  });

  test('an emergency where there are no windows is refused', async () => {
    const options = { ...release, emergency: true, reason: 'x', overrides: overrides('none.yaml', 'windows: null\n') };
    await expect(start(contextOf(worldOf(), { options }).context)).rejects.toMatchObject({
      message: expect.stringContaining('names no windows'),
    });
  });

  test('what no window can hold is not started, and the way on is said', async () => {
    const short = overrides('short.yaml', 'windows: { weekly: [{ name: night, days: [Tue], from: "02:00", to: "03:03" }] }\n');
    await expect(start(contextOf(worldOf(), { options: { ...release, overrides: short } }).context)).rejects.toMatchObject({
      code: 5,
      message: expect.stringMatching(
        /^Not started: production could never begin: production needs .* the longest opening has 63 min\. .*--emergency/,
      ),
    });
  });

  test('plan says what is left out, and the next opening that fits', async () => {
    const { context, stdout } = contextOf(worldOf(), { options: { ...release, profile: 'config' } });
    await plan(context);
    const text = stdout().replaceAll(/\s+/g, ' ');
    expect(text).toContain('1.4');
    expect(text).toContain('Without 1.4: the code is what is live.');
    expect(text).toMatch(/were it approved (at once|by then)/);
  });
});
