import { describe, expect, test } from '@jest/globals';
import { sendMessage } from '../../client/send-message';
import { fakeEngine, worldOf } from './fake-engine';
import { reportOf, runOf } from './fixtures';

const message = { by: 'bo', requestId: 'abort-1' };

describe('sending a message', () => {
  test('an update that is taken answers with its sentence', async () => {
    const world = worldOf();
    expect(await sendMessage(fakeEngine(world), runOf(), 'abort', message)).toEqual({ kind: 'done', answer: 'abort taken' });
    expect(world.told).toEqual([{ by: 'update', name: 'abort', what: message }]);
  });

  test('a refusal says why, with exit code 5', async () => {
    const world = worldOf({ delivery: () => ({ kind: 'refused', reason: 'Not approved: you started this deployment (ana).' }) });
    await expect(sendMessage(fakeEngine(world), runOf(), 'pause', message)).rejects.toMatchObject({
      code: 5,
      message: 'Not approved: you started this deployment (ana).',
    });
  });

  test('where no worker answers, the signal twin carries the same request id', async () => {
    const world = worldOf({ delivery: () => ({ kind: 'no answer' }) });
    const sent = await sendMessage(fakeEngine(world), runOf(), 'abort', message);
    expect(sent.kind).toBe('recorded');
    expect(sent.answer).toContain('recorded and will be seen when a worker is up');
    expect(world.told.map(({ by, what }) => [by, what])).toEqual([
      ['update', message],
      ['signal', message],
    ]);
  });

  test('where nobody polls, the update is not waited for', async () => {
    const world = worldOf({ pollers: [] });
    expect((await sendMessage(fakeEngine(world), runOf(), 'abort', message)).kind).toBe('recorded');
    expect(world.told.map(({ by }) => by)).toEqual(['signal']);
  });

  test('a deployment that has ended refuses with its outcome', async () => {
    const ended = runOf({ status: 'completed', closedAt: 1 });
    const world = worldOf({ runs: [ended], report: reportOf({ outcome: 'ROLLED_BACK', reason: 'Aborted by bo.' }) });
    await expect(sendMessage(fakeEngine(world), ended, 'abort', message)).rejects.toMatchObject({
      code: 5,
      message: expect.stringContaining('ROLLED_BACK: Aborted by bo.'),
    });
    expect(world.told).toEqual([]);
  });
});
