import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../../activities';
import { axiosHttp } from '../../../activities/ports/http/adapter';
import { type Alertmanager, startAlertmanager } from '../../../sandbox/parts/alertmanager';
import { type Prometheus, startPrometheus } from '../../../sandbox/parts/prometheus';
import { fakePorts } from '../../fakes/ports';
import { json, startServer } from '../../fakes/server';
import { analyticsSpec } from '../../sandbox/specs';
import { testFolder } from '../../sandbox/parts/folder';
import { describeWithParts } from '../../support/parts';
import { failing, run } from '../run';

const { checkDashboards, checkAlerts, checkMonitoring } = createActivities(fakePorts({ http: axiosHttp }));
let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer(() => undefined);
});
afterAll(() => server.close());
/** Answers by path; whatever is not named is answered 404. */
const answers = (by: Readonly<Record<string, unknown>>): void => {
  server.answer = ({ url }, response) => {
    const found = by[url.split('?')[0] ?? ''];
    json(response, found === undefined ? 404 : 200, found ?? { message: 'not found' });
  };
};

describe('dashboards', () => {
  const dashboard = { dashboard: { uid: 'overview', title: 'Overview', panels: [{ id: 1 }] } };
  const check = (uids = ['overview']) =>
    run(checkDashboards, { dashboards: { url: server.url, token: 'grafana', uids }, token: 'env:GRAFANA' });

  test('pass where Grafana has each of them', async () => {
    answers({ '/api/dashboards/uid/overview': dashboard });
    expect(await check()).toEqual({ titles: ['Overview'] });
    expect(server.heard.at(-1)?.headers.authorization).toBe('Bearer hunter2');
  });

  test('fail where one is missing, empty or another, and name each', async () => {
    answers({ '/api/dashboards/uid/empty': { dashboard: { uid: 'empty', panels: [] } }, '/api/dashboards/uid/other': dashboard });
    const told = await failing(check(['gone', 'empty', 'other']));
    expect(told).toMatchObject({ type: 'CheckFailed', final: true });
    expect(told.message).toContain(
      'Grafana has no dashboard gone; the dashboard empty has no panels; Grafana answers something else than the dashboard other.',
    );
  });

  test.each([
    [403, 'Forbidden'],
    [502, 'Unavailable'],
    [302, 'Invalid'],
  ])('that are answered with %i are not known', async (status, type) => {
    server.answer = (_, response) => json(response, status, {});
    expect(await failing(check())).toMatchObject({ type });
  });

  test('are not known where a page answers instead of the API', async () => {
    server.answer = (_, response) => void response.writeHead(200).end('<!doctype html>');
    expect((await failing(check())).message).toContain('Grafana does not answer JSON but <!doctype html>');
  });
});

describe('alert rules', () => {
  const rule = (name: string, health = 'ok', lastError?: string) => ({
    name,
    type: 'alerting',
    health,
    ...(lastError ? { lastError } : {}),
  });
  const loaded = (...rules: unknown[]) =>
    answers({ '/api/v1/rules': { status: 'success', data: { groups: [{ name: 'analytics', rules }] } } });
  const check = (...rules: string[]) => run(checkAlerts, { alerts: { url: server.url, rules } });

  test('pass where each is loaded and healthy, whatever else is loaded', async () => {
    loaded(rule('Errors'), rule('Latency'), rule('OfOthers', 'err', 'x'), { name: 'Errors', type: 'recording', health: 'err' });
    expect(await check('Errors', 'Latency')).toEqual({ required: 2, loaded: 3 });
  });

  test('fail where one is not loaded, unhealthy or was never evaluated, with what Prometheus says', async () => {
    loaded(rule('Latency', 'err', 'vector contains metrics with the same labelset'), rule('Cache', 'unknown'));
    const told = await failing(check('Errors', 'Latency', 'Cache'));
    expect(told).toMatchObject({ type: 'CheckFailed', final: true });
    expect(told.message).toContain(
      'the alert rule Errors is not loaded; the alert rule Latency of group analytics is not healthy (err): vector contains metrics with the same labelset; the alert rule Cache of group analytics is not healthy (unknown): it was not evaluated yet.',
    );
  });

  test('are not known where the answer is none', async () => {
    answers({ '/api/v1/rules': { status: 'error' } });
    expect(await failing(check('Errors'))).toMatchObject({ type: 'Invalid' });
  });
});

describe('monitoring', () => {
  const well = {
    '/-/ready': 'Ready',
    '/api/v1/alertmanagers': { status: 'success', data: { activeAlertmanagers: [{ url: 'http://am' }] } },
    '/api/v2/alerts': [] as unknown[],
  };
  const check = () =>
    run(checkMonitoring, {
      monitoring: { prometheus: server.url, alertmanager: server.url, alerts: ['severity="critical"', 'service="a"'] },
    });
  beforeEach(() => void (server.heard.length = 0));

  test('passes where both are ready and no alert that matters is active', async () => {
    answers(well);
    expect(await check()).toEqual({ alertmanagers: 1, alerts: 0 });
    const asked = server.heard.find(({ url }) => url.startsWith('/api/v2/alerts'))?.url ?? '';
    const { searchParams } = new URL(asked, server.url);
    expect(searchParams.getAll('filter')).toEqual(['severity="critical"', 'service="a"']);
    expect([searchParams.get('active'), searchParams.get('silenced')]).toEqual(['true', 'false']);
  });

  test('fails where an alert is active, by name and since when', async () => {
    const alert = { labels: { alertname: 'ErrorsHigh' }, startsAt: '2026-11-24T02:00:00.123+01:00', annotations: { summary: 'too many' } };
    answers({ ...well, '/api/v2/alerts': [alert, ...Array.from({ length: 6 }, () => ({ labels: {} }))] });
    const { message } = await failing(check());
    expect(message).toContain(
      '7 alerts are active (severity="critical", service="a"): ErrorsHigh since 2026-11-24T01:00:00.123Z: too many; one without a name;',
    );
    expect(message).toContain('and 2 more. Mend what');
  });

  test('fails where Prometheus tells nobody: silence is no proof then', async () => {
    answers({ ...well, '/api/v1/alertmanagers': { status: 'success', data: { activeAlertmanagers: [] } } });
    expect((await failing(check())).message).toContain('Prometheus tells no Alertmanager');
  });

  test.each([
    ['Prometheus says nothing of Alertmanagers', { '/api/v1/alertmanagers': {} }],
    ['the alerts are no list', { '/api/v2/alerts': {} }],
  ])('is not known where %s', async (_, broken) => {
    answers({ ...well, ...broken });
    expect(await failing(check())).toMatchObject({ type: 'Invalid' });
  });

  test('is not known where one is not ready', async () => {
    server.answer = ({ url }, response) => json(response, url === '/-/ready' ? 503 : 200, []);
    expect(await failing(check())).toMatchObject({ type: 'Unavailable', final: false });
  });
});

describeWithParts('a real Prometheus and a real Alertmanager', ['prometheus', 'alertmanager'], ({ prometheus, alertmanager }) => {
  const base = testFolder();
  const dataDir = (): string => mkdtempSync(join(base, 'data-'));
  const alerting = (alert: string, expr: string) => ({ alert, expr, labels: { severity: 'warning' } });
  const rulesOf = (...rules: readonly object[]): string => JSON.stringify({ groups: [{ name: 'analytics', rules }] });
  /** Two series for one: Prometheus refuses to match them when it evaluates the rule. */
  const ambiguous = 'vector(1) * on() (label_replace(vector(1), "a", "x", "", "") or label_replace(vector(1), "a", "y", "", ""))';
  let watching: Prometheus;
  let telling: Alertmanager;
  beforeAll(async () => {
    telling = await startAlertmanager({ dataDir: dataDir() }, alertmanager);
    watching = await startPrometheus(
      { dataDir: dataDir(), rules: rulesOf(alerting('Errors', 'vector(0) > 1')), alertmanager: telling.url.slice('http://'.length) },
      prometheus,
    );
  }, 60_000);
  afterAll(async () => {
    await watching.stop();
    await telling.stop();
  });

  /** Until Prometheus has evaluated its rules, or knows its Alertmanager: it takes seconds for both. */
  async function until(isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error('it did not come about within 20 s');
      await delay(100);
    }
  }
  const evaluated = (): Promise<void> =>
    until(async () => {
      const text = await (await fetch(`${watching.url}/api/v1/rules`)).text();
      return text.includes('"health"') && !text.includes('"health":"unknown"');
    });

  test('a rule that is loaded and was evaluated passes; one that fails to evaluate is named with its error', async () => {
    await evaluated();
    const check = () => run(checkAlerts, { alerts: { url: watching.url, rules: ['Errors'] } });
    expect(await check()).toEqual({ required: 1, loaded: 1 });

    await watching.setRules(rulesOf(alerting('Errors', ambiguous)));
    await evaluated();
    const told = await failing(check());
    expect(told.message).toMatch(
      /^the alert rule Errors of group analytics is not healthy \(err\): found duplicate series for the match group/,
    );
    expect((await failing(run(checkAlerts, { alerts: { url: watching.url, rules: ['Gone'] } }))).message).toContain('Gone is not loaded');
  });

  test('a critical alert fails the line, and passes once it is silenced', async () => {
    const check = () =>
      run(checkMonitoring, { monitoring: { prometheus: watching.url, alertmanager: telling.url, alerts: ['severity="critical"'] } });
    await until(async () => !(await (await fetch(`${watching.url}/api/v1/alertmanagers`)).text()).includes('"activeAlertmanagers":[]'));
    expect(await check()).toEqual({ alertmanagers: 1, alerts: 0 });

    const post = (path: string, body: unknown) =>
      fetch(`${telling.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    await post('/api/v2/alerts', [{ labels: { alertname: 'ErrorsHigh', severity: 'critical' }, annotations: { summary: 'too many' } }]);
    expect((await failing(check())).message).toMatch(/^1 alert is active \(severity="critical"\): ErrorsHigh since .*: too many\. Mend/);

    const matchers = [{ name: 'alertname', value: 'ErrorsHigh', isRegex: false, isEqual: true }];
    const [startsAt, endsAt] = [new Date(Date.now() - 1_000), new Date(Date.now() + 60_000)];
    const silence = await post('/api/v2/silences', { matchers, startsAt, endsAt, createdBy: 'ana', comment: 'known' });
    expect(silence.status).toBe(200);
    expect(await check()).toEqual({ alertmanagers: 1, alerts: 0 });
  });

  test('the criterion of success sees an alert of the service whatever its severity, but none of others and none that always fires', async () => {
    const { alerts } = analyticsSpec().success?.criteria.find(({ id }) => id === 'success.alerts') ?? {};
    if (!alerts) throw new Error('the default spec asks for no alerts');
    const check = () => run(checkMonitoring, { monitoring: { prometheus: watching.url, alertmanager: telling.url, alerts } });
    const fire = (...alert: readonly object[]) =>
      fetch(`${telling.url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alert.map((labels) => ({ labels }))),
      });
    await until(async () => !(await (await fetch(`${watching.url}/api/v1/alertmanagers`)).text()).includes('"activeAlertmanagers":[]'));
    await fire({ alertname: 'Watchdog', service: 'analytics' }, { alertname: 'Errors', service: 'other', severity: 'critical' });
    expect(await check()).toEqual({ alertmanagers: 1, alerts: 0 });
    await fire({ alertname: 'Latency', service: 'analytics', severity: 'warning' });
    expect((await failing(check())).message).toMatch(/^1 alert is active \(service="analytics", .*\): Latency/);
  });
});
