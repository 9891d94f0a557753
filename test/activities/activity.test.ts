import { describe, expect, test } from '@jest/globals';
import { controlActivities, createActivities, execActivities } from '../../activities';
import { asActivities } from '../../activities/activity';
import { failure, retryDelay } from '../../activities/failures';
import { failureTypes, type FailureType } from '../../workflows/runbook/failures';
import { fakePorts } from '../fakes/ports';
import { FakeWorld } from '../workflows/fake-world';
import { failing, run, surroundings } from './run';

const throwing = (error: unknown) =>
  asActivities({
    act: () => {
      throw error;
    },
  }).act;

describe('an activity', () => {
  test('fails with a message that fits a terminal, however much there was to say', () => {
    const { message } = failure('CheckFailed', 'x'.repeat(1_000_000), { remedy: 'Retry.' });
    expect(message.length).toBeLessThan(1_100);
    expect(message).toMatch(/x… Retry\.$/);
  });

  test('fails in one line that steers no terminal, whatever a pod or a server said', () => {
    expect(failure('CheckFailed', 'pod says \u001b[31mred\r\nand \u0007rings').message).toBe('pod says  [31mred and  rings.');
  });

  test('lets nothing out but failures of the catalogue: other errors lose headers, bodies and messages', async () => {
    const leaky = Object.assign(new Error('Bearer hunter2'), {
      name: 'AxiosError',
      code: 'ECONNRESET',
      config: { headers: { authorization: 'hunter2' } },
    });
    const told = await failing(run(throwing(leaky), undefined));
    expect(told).toMatchObject({ type: 'Unexpected', final: false });
    expect(told.message).toContain('AxiosError (ECONNRESET)');
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });

  test.each([new TypeError('x is not a function'), 'text', null, undefined, { code: 5 }])(
    'calls a defect of ours what it is: %p',
    async (defect) => {
      expect(await failing(run(throwing(defect), undefined))).toMatchObject({ type: 'Unexpected', final: false });
    },
  );

  test('keeps the delay that a server asked for, at most five minutes', async () => {
    const error = await run(throwing(failure('RateLimited', 'slow down', {}, 86_400_000)), undefined).catch((told: unknown) => told);
    expect(error).toMatchObject({ type: 'RateLimited', nextRetryDelay: 300_000 });
    expect(retryDelay('86400', 0)).toBe(300_000);
    expect(retryDelay('30', 0)).toBe(30_000);
    expect(retryDelay('0', 0)).toBe(0);
    expect(retryDelay('Thu, 01 Jan 1970 00:00:10 GMT', 4_000)).toBe(6_000);
    expect(retryDelay('soon', 0)).toBeUndefined();
    expect(retryDelay(undefined, 0)).toBeUndefined();
  });

  test('marks as final exactly the failures that no retry can mend', () => {
    for (const [type, { retry }] of Object.entries(failureTypes)) expect(failure(type as FailureType, 'x').nonRetryable).toBe(!retry);
  });

  test('heartbeats by itself where the policy asks for it, and stops with its end', async () => {
    const around = surroundings({ heartbeatTimeoutMs: 30 });
    let beats = 0;
    const enough = new Promise<void>((resolve) => {
      around.on('heartbeat', () => {
        if (++beats === 4) resolve();
      });
    });
    await around.run(asActivities({ act: () => enough }).act, undefined as never);
    const counted = beats;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(beats).toBe(counted);
  });

  test('is registered on one of two queues, and nothing else is', () => {
    const ports = fakePorts();
    const exec = Object.keys(execActivities(ports)).sort();
    expect(exec).toEqual([
      'applyMigrations',
      'backUpDatabase',
      'checkCode',
      'checkCoverage',
      'compareStructure',
      'migrate',
      'readMigrations',
      'restoreDatabase',
      'reverseMigrations',
      'rowsSinceBackup',
      'runCommand',
      'runLoadTest',
      'tryMigrations',
      'undoMigrations',
    ]);
    expect([...Object.keys(controlActivities(ports)), ...exec].sort()).toEqual(Object.keys(createActivities(ports)).sort());
    expect(Object.keys(createActivities(ports)).sort()).toEqual(Object.keys(new FakeWorld().activities).sort());
    expect(Object.keys(createActivities(ports))).toHaveLength(57);
  });
});
