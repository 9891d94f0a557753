import { describe, expect, test } from '@jest/globals';
import {
  announcement,
  exposureWords,
  issue,
  metricWords,
  rollback,
  servedWords,
  status,
  success,
  type About,
  type AnnouncementFacts,
  type IssueFacts,
  type Message,
  type RollbackFacts,
  type StatusFacts,
  type SuccessFacts,
} from '../../../workflows/runbook/announcements';
import { metricsOf, readersOf, servedOf, sinksFor } from '../../../workflows/runbook/announcing';
import { noticeKinds } from '../../../workflows/runbook/spec';
import { testRequest, testSpec } from '../test-request';

const at = Date.UTC(2026, 10, 24, 2, 0, 0);
const minute = 60_000;
const about: About = {
  name: 'analytics v1.0.0',
  environment: 'production',
  deploymentId: 'analytics-production-v1.0.0',
  readers: { ...readersOf(testSpec()), prefix: '[x] ', expect: ['faster pages'], reportTo: '#help', signature: 'The team' },
};

/** Facts of which every number is different, so that one in the wrong place shows. */
const succeeded: SuccessFacts = {
  at,
  took: 95 * minute,
  achieved: ['2.3 gradual rollout: 11 of 11'],
  served: { before: { part: 3, among: 20310 }, after: { part: 12, among: 48210 }, isWell: true },
  metrics: [
    { title: 'errors', target: 'below 5 %', measured: { kind: 'measured', words: '0.1 % of 48210', isMet: true } },
    { title: 'p95', target: 'below 500 ms', measured: { kind: 'not measured' } },
  ],
  benchmarks: ['load on staging: p95 212 ms'],
  stays: [],
};
const scheduled: AnnouncementFacts = {
  when: { kind: 'window', from: at, until: at + 120 * minute },
  zones: ['Europe/Berlin', 'America/New_York'],
  duration: { total: 65 * minute, waits: 47 * minute },
  rollback: { takes: 95_000, until: '1 h after all traffic has moved' },
};
const halfway: StatusFacts = {
  phase: { number: 2, of: 3, title: 'phase 1: staging' },
  accomplished: ['1.2 smoke tests: 4 of 4'],
  metrics: succeeded.metrics,
  benchmarks: [],
  next: 'production',
  standing: { colour: 'yellow', details: 'p95 not measured' },
};
const found: IssueFacts = {
  what: '2.3 watch at 20 %',
  reason: 'errors 9 %',
  impact: '20 % of the traffic',
  standing: 'mitigating',
  detectedAt: at,
  over: { kind: 'unknown', why: 'nobody has looked' },
  commands: [],
};
const backAgain: RollbackFacts = {
  ended: 'was rolled back',
  now: 'analytics v1.0.0 is not the version of production.',
  reason: 'watch at 20 %: errors 9 %',
  beganAt: at,
  endedAt: at + 40_000,
  affected: exposureWords(
    [
      { share: 10, from: at - 6 * minute, until: at - minute },
      { share: 20, from: at - minute, until: at + 2_000 },
    ],
    { unaffected: 'none', on: '' },
  ),
  undone: 4,
  left: [],
};

describe('the five messages', () => {
  test('an announcement says when, how long, what is noticed, and the way back', () => {
    const { subject, text } = announcement(about, scheduled);
    expect(subject).toBe('[x] analytics v1.0.0 → production: will be deployed from 2026-11-24 02:00 UTC');
    for (const words of [
      'When: 2026-11-24 02:00 UTC to 2026-11-24 04:00 UTC\nElsewhere: Europe/Berlin Tue 03:00–05:00\nElsewhere: America/New_York Mon 21:00–23:00\n',
      'Duration: about 65 min, of which 47 min are watching',
      'What you will notice: minimal',
      'Way back: automatic, about 1 min 35 s at worst, until 1 h after all traffic has moved',
      '- faster pages',
      'Report what goes wrong to #help.',
      'The team',
    ])
      expect(text).toContain(words);
  });

  test('a status says which phase of how many, what was done and measured, what is next, and its colour', () => {
    const { subject, text } = status(about, halfway);
    expect(subject).toContain('phase 2 of 3 is complete');
    expect(text).toContain('- 1.2 smoke tests: 4 of 4');
    expect(text).toContain('- p95: not measured (target: below 500 ms)');
    expect(text).toContain('Next: production\nStatus: YELLOW: p95 not measured');
  });

  test('an issue says what, impact, status, since when and until when', () => {
    const { text } = issue(about, found);
    expect(text).toContain(
      'Issue: 2.3 watch at 20 %: errors 9 %\nImpact: 20 % of the traffic\nStatus: mitigating\nDetected: 2026-11-24 02:00 UTC\nOver: not known: nobody has looked',
    );
  });

  test('a rollback says why, when, how long users had it, and how it stands', () => {
    const { subject, text } = rollback(about, backAgain);
    expect(subject).toContain('was rolled back');
    expect(text).toContain('Reason: watch at 20 %: errors 9 %');
    expect(text).toContain('in 40 s');
    expect(text).toContain('Users affected: 6 min 2 s until 2026-11-24 02:00 UTC: 10 % for 5 min, 20 % for 1 min 2 s of the traffic');
    expect(text).toContain('State: as before: 4 changes were undone');
  });

  test('a rollback that is not whole says what is left, with the commands that finish it, and that it is not over', () => {
    const left = [
      { subject: 'analytics/httproute/analytics', reason: '403', byHand: 'kubectl patch httproute analytics\nkubectl get pods' },
    ];
    const { subject, text } = rollback(about, { ...backAgain, undone: 0, left });
    expect(subject).toContain('ROLLBACK IS INCOMPLETE');
    expect(text).toContain('State: nothing was undone; 1 left to do by hand');
    expect(text).toContain('- analytics/httproute/analytics: 403\n    kubectl patch httproute analytics\n    kubectl get pods\n');
    expect(text).toContain('It is not over until that is done.');
    expect(text).not.toContain('sorry');
  });

  test('a success says what was measured against which target, and never a number that nobody measured', () => {
    const { subject, text } = success(about, succeeded);
    expect(subject).toContain('is live');
    expect(text).toContain('- errors 0.1 % of 48210 (target: below 5 %)\n- p95: not measured (target: below 500 ms)');
    expect(text).toContain('after 95 min');
  });

  test('a success says whether downtime was seen, with how many requests failed to the version before and to the new one', () => {
    expect(success(about, succeeded).text).toContain(
      '- No downtime seen: failed requests to the version before, while traffic moved: 3 of 20310, to the new one: 12 of 48210\n',
    );
  });

  test('a success never says that no downtime was seen where it was not measured, or where too much failed', () => {
    const { served } = succeeded;
    const unseen = 'Downtime not ruled out: failed requests to the version before, while traffic moved: ';
    expect(servedWords({ ...served, isWell: false })).toBe(`${unseen}3 of 20310, to the new one: 12 of 48210`);
    expect(servedWords({ ...served, before: { part: 0, among: 0 } })).toBe(`${unseen}not measured, to the new one: 12 of 48210`);
    expect(servedWords({ ...served, after: { part: 0, among: 0 } })).toBe(`${unseen}3 of 20310, to the new one: not measured`);
  });

  test('say each of their facts: where one is another, the message is', () => {
    const tell = <Facts>(write: (about: About, facts: Facts) => Message, facts: Facts, others: Required<Facts>): readonly string[] => {
      const said = JSON.stringify(write(about, facts));
      const keys = Object.keys(others) as (keyof Facts)[];
      return keys.filter((key) => JSON.stringify(write(about, { ...facts, [key]: others[key] })) === said).map(String);
    };
    const metrics = succeeded.metrics.slice(1);
    expect([
      ...tell(announcement, scheduled, {
        when: { kind: 'begins now', at, asks: 'approval' },
        zones: [],
        duration: { total: minute, waits: 0 },
        rollback: { takes: minute, until: 'the end' },
      }),
      ...tell(status, halfway, {
        phase: { number: 1, of: 3, title: 'checklist' },
        accomplished: ['nothing'],
        metrics,
        benchmarks: ['p95 212 ms'],
        next: 'the end',
        standing: { colour: 'green', details: 'all passed' },
      }),
      ...tell(issue, found, {
        what: '2.3 watch at 50 %',
        reason: 'latency',
        impact: 'none',
        standing: 'resolved',
        detectedAt: at + minute,
        over: { kind: 'by', at, how: 'a person decides' },
        commands: ['retry x'],
      }),
      ...tell(rollback, backAgain, {
        ended: 'was not deployed',
        now: 'v0.9.0 serves.',
        reason: 'a person',
        beganAt: at - minute,
        endedAt: at + minute,
        affected: 'none',
        undone: 5,
        left: [{ subject: 'x', reason: 'y', byHand: 'z' }],
      }),
      ...tell(success, succeeded, {
        at: at + minute,
        took: minute,
        achieved: [],
        served: { ...succeeded.served, isWell: false },
        metrics,
        benchmarks: [],
        stays: ['warm'],
      }),
    ]).toEqual([]);
  });

  test('do not compile without their facts', () => {
    const { reason: _, ...withoutReason } = backAgain;
    // @ts-expect-error the reason is missing
    expect(() => rollback(about, withoutReason)).not.toThrow();
    const { metrics: __, ...withoutMetrics } = succeeded;
    // @ts-expect-error what was measured is missing
    expect(() => success(about, withoutMetrics)).toThrow();
  });
});

describe('what is measured', () => {
  const counts = (part: number, among: number) => ({ part, among });
  const tally = (
    signals: readonly { readonly signal: string; readonly part: number; readonly among: number; readonly quantile?: number }[],
  ) => ({
    samples: 3,
    missing: 0,
    split: counts(1, 2),
    failure: null,
    signals: signals.map(({ signal, part, among, quantile = null }) => ({
      signal,
      candidate: counts(part, among),
      control: counts(0, 0),
      latest: counts(0, 0),
      quantile,
      unknown: null,
    })),
  });
  const [errors, latency] = testSpec().signals;
  const quantile = { histogram: 'h', labels: {}, q: 0.95 };
  const spec = testSpec({ signals: [errors, { ...latency, quantile }] as never });
  const request = testRequest({ spec });

  test('is summed over all watches; a quantile is that of the newest, against the bound of its bucket', () => {
    const watches = [
      {
        title: 'a',
        tally: tally([
          { signal: 'errors', part: 1, among: 100 },
          { signal: 'latency', part: 99, among: 100, quantile: 0.3 },
        ]),
      },
      {
        title: 'b',
        tally: tally([
          { signal: 'errors', part: 3, among: 300 },
          { signal: 'latency', part: 200, among: 300, quantile: 0.612 },
        ]),
      },
    ];
    expect(metricsOf({ request, watches }).map(metricWords)).toEqual([
      'errors 1 % of 400 (target: below 5 %)',
      'under 500 ms 74.8 % of 400 (target: above 95 %, NOT MET)',
      'p95 612 ms (target: below 500 ms, NOT MET)',
    ]);
  });

  test('of downtime counts the errors of both versions, and is well only within the limit and where no sample is missing', () => {
    const errors = (candidate: readonly [number, number], control: readonly [number, number], missing = 0) => {
      const whole = tally([{ signal: 'errors', part: candidate[0], among: candidate[1] }]);
      return { title: 'a', tally: { ...whole, missing, signals: whole.signals.map((one) => ({ ...one, control: counts(...control) })) } };
    };
    const moved = servedOf({ request, watches: [errors([1, 100], [2, 900]), errors([3, 1000], [0, 0])] });
    expect(moved).toEqual({ before: counts(2, 900), after: counts(4, 1100), isWell: true });
    expect(servedOf({ request, watches: [errors([1, 100], [90, 900])] }).isWell).toBe(false);
    expect(servedOf({ request, watches: [errors([10, 100], [2, 900])] }).isWell).toBe(false);
    expect(servedOf({ request, watches: [errors([1, 100], [2, 900], 30_000)] }).isWell).toBe(false);
    expect(servedOf({ request, watches: [] })).toEqual({ before: counts(0, 0), after: counts(0, 0), isWell: false });
  });

  test('says so where nothing was', () => {
    expect(metricsOf({ request, watches: [] }).map(metricWords)).toEqual([
      'errors: not measured (target: below 5 %)',
      'under 500 ms: not measured (target: above 95 %)',
      'p95: not measured (target: below 500 ms)',
    ]);
  });

  test('exposure that has not ended says so, and none says so', () => {
    const words = { unaffected: 'none at all', on: 'v0.9.0' };
    expect(exposureWords([], words)).toBe('none at all');
    expect(exposureWords([{ share: 20, from: at, until: null }], words)).toContain(
      'and still: 20 % for as long as it stays so of the traffic, on v0.9.0',
    );
  });
});

test('a kind that the spec does not route goes to all sinks', () => {
  const sinks = ['a', 'b'].map((name) => ({ kind: 'webhook' as const, name, url: 'https://x' }));
  for (const kind of noticeKinds) expect(sinksFor(testSpec({ sinks }), kind)).toEqual(['a', 'b']);
  const announcements = { ...readersOf(testSpec()), sinks: { gate: [] } };
  expect(sinksFor(testSpec({ sinks, announcements }), 'gate')).toEqual([]);
});
