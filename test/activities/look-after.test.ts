import { describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import { failure } from '../../activities/failures';
import type { HttpAnswer } from '../../activities/ports/http';
import { parseExposition } from '../../activities/ports/metrics/exposition';
import type { Notice } from '../../activities/ports/notices';
import type { FollowUpCheck } from '../../workflows/runbook/post-deployment/follow-up';
import { testSpec } from '../workflows/test-request';
import { fakePorts } from '../fakes/ports';
import { newImage, oldImage, place, putShop } from '../fakes/shop';
import { run } from './run';

const { signals, tokens } = testSpec();
const [errors] = signals;
const check: FollowUpCheck = {
  spec: {
    signals: errors ? [errors] : [],
    watching: { every: 1_000, extendAtMost: 0, requests: { metric: 'requests_total', labels: { color: '{colour}' } } },
    production: {
      ...place,
      service: 'analytics',
      selectorKey: 'color',
      url: 'https://api.example.com',
      metricsUrl: 'https://api.example.com/metrics',
    },
    verification: {
      requests: [
        { name: 'stats', method: 'GET', path: '/stats', expect: { status: 200, json: { total: 'number' }, within: 500 }, after: 0 },
      ],
    },
    consistency: { requests: [{ name: 'trends', method: 'GET', path: '/trends' }] },
    tokens,
    gauges: [],
  },
  serving: { colour: 'blue', other: 'green', deployment: 'analytics-blue', container: 'analytics', image: newImage },
  window: 5_000,
  structure: {},
  tells: {},
  again: false,
};
const stats = '{"total": 5}';
const trends = '{"trends": [{"name": "a", "value": 5}]}';

type Answer = string | number | Error;
/** A shop whose live colour is blue, as the deployment left it. */
function shop({
  bad = 0,
  answers = {},
  metrics = true,
}: { bad?: number; answers?: Record<string, Answer | (() => Answer)>; metrics?: boolean } = {}) {
  const sent: Notice[] = [];
  const ports = fakePorts({
    metrics: {
      scrape: () => {
        const second = Math.round(ports.clock.time / 1_000) % 100_000;
        const text = `requests_total{color="blue",status="200"} ${20 * second}\nrequests_total{color="blue",status="500"} ${bad * second}`;
        return Promise.resolve(metrics ? parseExposition(text) : { kind: 'unreadable', reason: 'metrics answered 503' });
      },
    },
    http: {
      send: ({ path = '' }) => {
        const given = answers[path];
        const answer = (typeof given === 'function' ? given() : given) ?? (path === '/stats' ? stats : trends);
        if (answer instanceof Error) return Promise.reject(answer);
        const [status, body] = typeof answer === 'number' ? [answer, ''] : [200, answer];
        return Promise.resolve({ status, body: Buffer.from(body), headers: {}, took: 3 } satisfies HttpAnswer);
      },
    },
    notices: {
      send: (_, notice) => {
        sent.push(notice);
        return Promise.resolve({});
      },
    },
  });
  putShop(ports.kubernetes, { replicas: 3 });
  ports.kubernetes.put('Service', 'analytics', { spec: { selector: { app: 'analytics', color: 'blue' } } });
  return { ports, sent, look: createActivities(ports).lookAfter };
}

describe('a look at a release that is live', () => {
  test('passes where signals, data and the cluster are as they shall be, and keeps the structure of the answers', async () => {
    const receipt = await run(shop().look, check);
    expect(receipt).toMatchObject({ verdict: 'pass', reasons: [], note: 'errors 0.0 %', shares: { errors: 0 } });
    expect(receipt.structure).toEqual({
      trends: { '': 'object', trends: 'array', 'trends[]': 'object', 'trends[].name': 'string', 'trends[].value': 'number' },
    });
  });

  test('fails on a signal beyond its limit, on an answer that is wrong, and on a field that is lost: all are told', async () => {
    const before = { trends: { '': 'object', trends: 'array', 'trends[]': 'object', 'trends[].rank': 'number' } };
    const { look } = shop({ bad: 5, answers: { '/stats': 500 } });
    const { verdict, reasons } = await run(look, { ...check, structure: before });
    expect(verdict).toBe('fail');
    expect(reasons).toEqual([
      expect.stringMatching(/^errors 20\.0 %/),
      expect.stringContaining('stats: answered 500, expected 200'),
      'trends: now lacks trends[].rank',
    ]);
  });

  test('is inconclusive where metrics are gone or nothing answers: never a pass', async () => {
    expect(await run(shop({ metrics: false }).look, check)).toMatchObject({
      verdict: 'inconclusive',
      reasons: expect.arrayContaining(['errors: metrics answered 503']),
      shares: { errors: null },
    });
    const silent = shop({ answers: { '/stats': failure('Unavailable', 'no whole answer') } });
    expect(await run(silent.look, check)).toMatchObject({ verdict: 'inconclusive', reasons: ['stats: no whole answer.'] });
  });

  test('finds out that another release serves now, and looks no further', async () => {
    const { ports, look } = shop();
    ports.kubernetes.put('Service', 'analytics', { spec: { selector: { app: 'analytics', color: 'green' } } });
    expect(await run(look, check)).toMatchObject({ verdict: 'superseded', reasons: ["Service analytics is green's now."] });
    const other = shop();
    const serving = { ...check.serving, image: oldImage };
    expect(await run(other.look, { ...check, serving })).toMatchObject({ verdict: 'superseded' });
  });

  test('sends the digest with what it has found', async () => {
    const { sent, look } = shop();
    const digest = {
      sinks: [{ kind: 'webhook', name: 'ops', url: 'https://ops.example.com' }] as const,
      tokens: {},
      threads: { ops: 'first' },
      key: 'id/digest-day-24',
      subject: 'analytics v1.0.0 in production: digest',
      period: 'first day, look 24 of 24',
      counts: { passed: 23, failed: 0, inconclusive: 0 },
      trend: { errors: [0.001] },
      lines: ['analytics-deploy follow-up id'],
    };
    expect(await run(look, { ...check, digest })).toMatchObject({ digest: { sinks: [{ name: 'ops', result: 'delivered' }] } });
    expect(sent).toMatchObject([{ key: 'id/digest-day-24', kind: 'digest', thread: 'first' }]);
    expect(sent[0]?.text.split('\n')).toEqual([
      'first day, look 24 of 24: 24 of 24 looks passed; now everything is within its limits.',
      'errors 0.0 %',
      'errors: 0.1 % → 0.0 %',
      'analytics-deploy follow-up id',
    ]);
  });

  const told = (key: string, text = '{reasons}') =>
    ({ sinks: [{ kind: 'webhook', name: 'ops', url: 'https://ops.example.com' }], tokens: {}, key, subject: key, text }) as const;
  const tells = { pass: told('pass'), fail: told('fail', 'Not within its limits: {reasons}\nanalytics-deploy follow-up id') };

  test('tells people itself what they are to know of what it finds, and first what it was called for', async () => {
    const { sent, look } = shop({ answers: { '/stats': 500 } });
    const receipt = await run(look, { ...check, tells, first: told('alert', 'Alertmanager tells of HighErrors.') });
    expect(receipt).toMatchObject({ verdict: 'fail', told: [{ sinks: [{ result: 'delivered' }] }, { sinks: [{ result: 'delivered' }] }] });
    expect(sent.map(({ key, text }) => [key, text])).toEqual([
      ['alert', 'Alertmanager tells of HighErrors.'],
      ['fail', `Not within its limits: ${receipt.reasons.join('; ')}\nanalytics-deploy follow-up id`],
    ]);
    const quiet = shop({ metrics: false });
    expect(await run(quiet.look, { ...check, tells })).toMatchObject({ verdict: 'inconclusive' });
    expect(quiet.sent).toEqual([]);
  });

  test('fails twice before anything is done about it; where the second look does not agree, people are told of both', async () => {
    const bad = shop({ answers: { '/stats': 500 } });
    expect(await run(bad.look, { ...check, tells, again: true })).toMatchObject({ verdict: 'fail', isSeenTwice: true });
    expect(bad.sent).toEqual([]);
    let asked = 0;
    const flapping = shop({ answers: { '/stats': () => (asked++ === 0 ? 500 : stats) } });
    const receipt = await run(flapping.look, { ...check, tells, again: true });
    expect(receipt).toMatchObject({ verdict: 'fail', reasons: [expect.any(String), 'a second look at once: within its limits'] });
    expect(receipt.isSeenTwice).toBeUndefined();
    expect(flapping.sent[0]?.text).toContain('a second look at once: within its limits');
  });

  test('an answer that could not be read at first is compared from the look on that could', async () => {
    const silent = shop({ answers: { '/trends': failure('Unavailable', 'no whole answer') } });
    expect((await run(silent.look, check)).structure).toEqual({});
    const { structure } = await run(shop().look, check);
    expect(structure).toMatchObject({ trends: { trends: 'array' } });
    const known = { ...check, structure: { ...structure } };
    expect((await run(shop().look, known)).structure).toEqual({});
    expect(await run(shop({ answers: { '/trends': '{"x": 1}' } }).look, known)).toMatchObject({ verdict: 'fail' });
  });
});
