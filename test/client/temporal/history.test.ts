import { describe, expect, test } from '@jest/globals';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import Long from 'long';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { happenedIn } from '../../../client/temporal/history';

const read = (name: string) => {
  const text = readFileSync(join(__dirname, '..', '..', 'histories', `${name}.json`), 'utf8');
  return happenedIn(historyFromJSON(JSON.parse(text)).events ?? []);
};

describe('what the history tells without the deployment', () => {
  test('each step with its begin and end, and who decided what, when and why', () => {
    const { steps, decisions, undone, phase } = read('happy');
    expect(steps.find(({ id }) => id === '2.3.traffic-50')).toMatchObject({ state: 'done', note: '' });
    for (const { startedAt, endedAt } of steps) expect(endedAt ?? 0).toBeGreaterThanOrEqual(startedAt);
    expect(steps.map(({ id }) => id).filter((id) => /^(?:notice|undo|release|report)/.test(id))).toEqual([]);
    expect(decisions.map(({ what, on }) => [what, on])).toEqual([
      ['approve', expect.stringMatching(/^gate production \w{7,12}/)],
      ['approve', expect.stringMatching(/^gate production \w{7,12}/)],
    ]);
    expect(undone).toEqual([]);
    expect(phase).toBe('ended');
  });

  test('what was put back, and on whose word', () => {
    const { decisions, undone } = read('aborted');
    expect(decisions.at(-1)).toMatchObject({ what: 'abort', on: expect.stringMatching(/^deployment/) });
    expect(undone.length).toBeGreaterThan(0);
    expect(undone.every(({ title }) => title !== '' && !title.startsWith('undo'))).toBe(true);
  });

  test('a step that failed, with its reason, and one that has not ended; what cannot be read is left out', () => {
    const at = (seconds: number) => ({ eventTime: { seconds: Long.fromNumber(seconds), nanos: 0 } });
    const garbage = { payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{') }] };
    const { steps, decisions } = happenedIn([
      { eventId: Long.fromNumber(5), ...at(10), activityTaskScheduledEventAttributes: { activityId: '1.1.tag' } },
      {
        ...at(12),
        activityTaskFailedEventAttributes: {
          scheduledEventId: Long.fromNumber(5),
          failure: { message: 'Activity failed', cause: { message: 'away' } },
        },
      },
      { eventId: Long.fromNumber(8), ...at(13), activityTaskScheduledEventAttributes: { activityId: '1.1.tag#2' } },
      { ...at(14), workflowExecutionSignaledEventAttributes: { signalName: 'abort', input: garbage } },
      { ...at(15), workflowExecutionSignaledEventAttributes: { signalName: 'something else' } },
    ]);
    expect(steps).toEqual([
      { id: '1.1.tag', state: 'failed', startedAt: 10_000, endedAt: 12_000, note: 'away' },
      { id: '1.1.tag#2', state: 'running', startedAt: 13_000, endedAt: null, note: '' },
    ]);
    expect(decisions).toEqual([{ what: 'abort', by: 'somebody unknown', at: 14_000, comment: '', on: 'deployment (as sent)' }]);
  });
});
