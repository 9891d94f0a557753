import { describe, expect, test } from '@jest/globals';
import { deploymentLines } from '../../../client/screens/deployment';
import { eventsBetween } from '../../../client/screens/events';
import { columns } from '../../../client/screens/look';
import type { WindowView } from '../../../workflows/runbook/view';
import { began, minute, ramping, situationOf, wide } from '../fixtures';

const window: WindowView = {
  name: 'weekday',
  opens: began + 20 * 60 * minute,
  closes: began + 22 * 60 * minute,
  needs: 67 * minute,
  timeZones: ['Europe/Berlin'],
  waiting: true,
  isOver: false,
  why: 'no window is open',
  endsAt: null,
};
const used: WindowView = { ...window, opens: began, closes: began + 120 * minute, waiting: false, why: '', endsAt: began + 50 * minute };
const screen = (view: WindowView, now = began + 10 * minute) =>
  deploymentLines(wide, {
    view: ramping({ window: view, ...(view.waiting ? { state: 'waiting for its window' } : {}) }),
    watched: null,
    trouble: [],
    link: null,
    keys: [],
    now,
  });

describe('a deployment that waits for its window', () => {
  test('says until when, why not now, what must fit, and how not to wait', () => {
    const text = screen(window).join('\n');
    expect(text).toContain('Waiting for its window: weekday');
    expect(text).toMatch(/why not now +no window is open/);
    expect(text).toMatch(/needs +67 min/);
    expect(text).toContain('Europe/Berlin');
    expect(text).toContain('--supersede --emergency');
    expect(screen(window).filter((line) => columns(line) > 80)).toEqual([]);
  });

  test('is one event, and another one where another window is waited for', () => {
    const at = (view: WindowView) => situationOf({ view: ramping({ window: view }) });
    const events = (before: WindowView | null, after: WindowView) =>
      eventsBetween(before ? at(before) : situationOf(), at(after), began + minute).filter(({ event }) => event === 'window');
    expect(events(null, window)).toMatchObject([
      { text: expect.stringMatching(/^waiting for its window: .*\(weekday\); no window is open$/) },
    ]);
    expect(events(window, window)).toEqual([]);
    expect(events(window, { ...window, opens: window.opens + minute })).toHaveLength(1);
    expect(events(used, { ...used, isOver: true })).toMatchObject([{ value: 'overrun' }]);
  });
});

describe('a deployment in its window', () => {
  test('says when the window closes, and nothing more while all is well', () => {
    expect(screen(used).join('\n')).toContain('window closes 04:00 UTC');
    expect(screen(used).join('\n')).not.toContain('overrun');
  });

  test('warns before and after it is overrun', () => {
    const late = { ...used, endsAt: used.closes + 20 * minute };
    expect(screen(late).join(' ')).toMatch(/Production will overrun the window weekday, .* 20 min after it\. It goes on/);
    expect(screen({ ...late, isOver: true }, used.closes + minute).join(' ')).toContain('The window weekday closed');
  });
});
