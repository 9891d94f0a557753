import { describe, expect, test } from '@jest/globals';
import { abort, handover } from '../../../client/acts/endings';
import { pause, resume } from '../../../client/acts/holds';
import { rollback } from '../../../client/acts/rollback';
import { extend, retry, skip } from '../../../client/acts/steps';
import type { Context, Options } from '../../../client/command';
import { contextOf, worldOf } from '../fake-engine';
import { deploymentId, ramping, reportOf, runOf } from '../fixtures';

const attention = {
  step: '1.3.load',
  title: 'load',
  reason: 'no',
  since: 0,
  deadline: 0,
  onDeadline: 'rollback',
  choices: ['retry', 'skip'],
} as const;
const acts: Readonly<
  Record<string, { readonly act: (context: Context) => Promise<number>; readonly options?: Options; readonly carries: object }>
> = {
  pause: { act: pause, carries: {} },
  resume: { act: resume, carries: {} },
  retry: { act: retry, options: { step: '1.3.load' }, carries: { step: '1.3.load' } },
  skip: { act: skip, options: { comment: 'measured yesterday' }, carries: { step: '1.3.load', comment: 'measured yesterday' } },
  extend: { act: extend, options: { by: '5m' }, carries: { more: 300_000 } },
  abort: { act: abort, options: { wait: false }, carries: {} },
  rollback: { act: rollback, options: { wait: false }, carries: {} },
  handover: { act: handover, options: { wait: false }, carries: {} },
};

describe('messages', () => {
  test.each(Object.entries(acts))(
    '%s is sent under its own name, by the person who typed it',
    async (name, { act, options = {}, carries }) => {
      const world = worldOf({ runs: [runOf()], view: ramping({ attention }) });
      const { context, stdout } = contextOf(world, { id: deploymentId, options, json: true });
      expect(await act(context)).toBe(0);
      expect(world.told).toEqual([
        { by: 'update', name, what: expect.objectContaining({ by: 'ana', requestId: expect.any(String), ...carries }) },
      ]);
      expect(JSON.parse(stdout())).toMatchObject({ message: name, result: 'done', answer: `${name} taken`, deploymentId });
    },
  );

  test('a skip without its reason is wrong usage, before anything is sent', async () => {
    const world = worldOf({ runs: [runOf()] });
    await expect(skip(contextOf(world, { id: deploymentId }).context)).rejects.toMatchObject({ code: 2 });
    expect(world.told).toEqual([]);
  });

  test('an extension by what is no duration is wrong usage', async () => {
    await expect(
      extend(contextOf(worldOf({ runs: [runOf()] }), { id: deploymentId, options: { by: 'soon' } }).context),
    ).rejects.toMatchObject({ code: 2 });
  });

  test('a retry where nothing needs attention says so', async () => {
    const world = worldOf({ runs: [runOf()], view: ramping() });
    await expect(retry(contextOf(world, { id: deploymentId }).context)).rejects.toMatchObject({
      code: 2,
      message: expect.stringContaining('No step needs attention'),
    });
  });

  test.each([
    ['ROLLED_BACK', 0],
    ['ROLLBACK_INCOMPLETE', 4],
  ] as const)('an abort waits for the effect: %s answers %i', async (outcome, code) => {
    const world = worldOf({ runs: [runOf()], view: ramping(), report: reportOf({ outcome }) });
    world.delivery = () => {
      world.runs = [runOf({ status: 'completed', closedAt: 1 })];
      return { kind: 'answered', answer: 'Aborted. Everything is put back, traffic first.' };
    };
    const { context, stdout } = contextOf(world, { id: deploymentId });
    expect(await abort(context)).toBe(code);
    expect(stdout()).toContain(outcome);
  });

  test('an abort of what has been put back already has nothing to do, and says so', async () => {
    const ended = { runs: [runOf({ status: 'completed', closedAt: 1 })], report: reportOf({ outcome: 'ROLLED_BACK' }) };
    const { context, stdout } = contextOf(worldOf(ended), { id: deploymentId });
    expect(await abort(context)).toBe(0);
    expect(stdout()).toContain('Nothing to do: it has ended (ROLLED_BACK), the world is as before.');
    const stuck = contextOf(worldOf({ ...ended, report: reportOf({ outcome: 'ROLLBACK_INCOMPLETE' }) }), { id: deploymentId });
    expect(await abort(stuck.context)).toBe(4);
    expect(stuck.stdout()).toContain('Too late: it has ended (ROLLBACK_INCOMPLETE), what is left is to be done by hand.');
  });

  test.each(['SUCCEEDED', 'SUCCEEDED_WITH_WAIVERS'] as const)('an abort after %s comes too late and is refused', async (outcome) => {
    const world = worldOf({ runs: [runOf({ status: 'completed', closedAt: 1 })], report: reportOf({ outcome }) });
    await expect(abort(contextOf(world, { id: deploymentId }).context)).rejects.toMatchObject({ code: 5 });
    expect(world.told).toEqual([]);
  });

  test.each([
    ['an abort', abort],
    ['a rollback', rollback],
  ] as const)('%s of a run that was terminated from outside says that nothing was put back', async (_, act) => {
    const world = worldOf({ runs: [runOf({ status: 'terminated', closedAt: 1 })] });
    const { context, stdout, stderr } = contextOf(world, { id: deploymentId });
    expect(await act(context)).toBe(4);
    expect(stdout()).toContain('Too late: the run was terminated and nothing was put back.');
    expect(stderr()).toContain('analytics-deploy repair');
  });

  test('a message without a name is wrong usage', async () => {
    await expect(pause(contextOf(worldOf({ runs: [runOf()] }), { id: deploymentId, options: { as: '' } }).context)).rejects.toMatchObject({
      code: 2,
    });
  });
});
