import { describe, expect, test } from '@jest/globals';
import { alarmLines, noticeLines } from '../../../client/screens/called';
import { deploymentLines } from '../../../client/screens/deployment';
import type { AlarmView, NoticeView } from '../../../workflows/runbook/view';
import { began, deploymentId, minute, ramping, wide } from '../fixtures';

const alarm = (more: Partial<AlarmView> = {}): AlarmView => ({
  id: '1.3.load',
  title: '1.3.load load on staging',
  reason: 'errors 2 %',
  since: began,
  called: [{ level: 'primary', name: 'DevOps Team Lead', at: began }],
  next: { level: 'secondary', name: 'Analytics Team Lead', at: began + 5 * minute },
  acknowledged: null,
  ...more,
});
const notice: NoticeView = {
  kind: 'status',
  key: 'status-2',
  at: began,
  subject: 'x',
  sinks: [
    { name: 'chat', result: 'delivered', note: '' },
    { name: 'mail', result: 'undelivered', note: 'The mail server smtp.example.com:587 cannot be reached (ECONNREFUSED). Start it.' },
  ],
};

describe('whom a deployment calls', () => {
  test('is shown with who comes next, and the command that stops it', () => {
    expect(alarmLines(wide, deploymentId, [alarm()], began + minute)).toEqual([
      'Called for 1.3.load load on staging:',
      '   primary: DevOps Team Lead, at 02:00 UTC',
      '   next: Analytics Team Lead (secondary) at 02:05 UTC, in 4 min',
      `     analytics-deploy ack ${deploymentId}`,
    ]);
  });

  test('is shown with who is at it, and no command, once it is acknowledged', () => {
    const lines = alarmLines(
      wide,
      deploymentId,
      [alarm({ next: null, acknowledged: { by: 'bo', at: began + minute } })],
      began + 2 * minute,
    );
    expect(lines.join('\n')).toContain('bo is at it since 02:01 UTC: nobody else is called');
    expect(lines.join('\n')).not.toContain('analytics-deploy ack');
  });

  test('is part of the status, and so is what a sink did not take', () => {
    const screen = {
      view: ramping({ alarms: [alarm()], notices: [notice] }),
      watched: null,
      trouble: [],
      link: null,
      keys: [],
      now: began,
    };
    const text = deploymentLines(wide, screen).join(' ').replace(/\s+/g, ' ');
    expect(text).toContain('Called for 1.3.load');
    expect(text).toContain('status to mail: undelivered. The mail server smtp.example.com:587 cannot be reached (ECONNREFUSED). Start it.');
  });
});

test('the report lists every message, each sink that it did not reach with its sentence, and that it was at least once', () => {
  expect(noticeLines([notice])).toEqual([
    expect.stringMatching(/02:00.* status: chat delivered, mail undelivered$/),
    'status to mail: undelivered. The mail server smtp.example.com:587 cannot be reached (ECONNREFUSED). Start it.',
    expect.stringContaining('at least once'),
  ]);
});
