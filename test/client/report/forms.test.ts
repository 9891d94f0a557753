import { describe, expect, test } from '@jest/globals';
import { htmlOf } from '../../../client/report/html';
import { markdownOf } from '../../../client/report/markdown';
import { sectionsOf } from '../../../client/report/sections';
import { modelOf, type ReportModel } from '../../../workflows/runbook/report/model';
import { began, deploymentId, minute, openGate, ramping, runOf } from '../fixtures';
import { testRequest, testSpec } from '../../workflows/test-request';
import { hostile, lookedAfter, rolledBack, rolledBackAfter, succeeded } from './material';

const forms: readonly (readonly [string, (model: ReportModel) => string])[] = [
  ['Markdown', markdownOf],
  ['HTML', htmlOf],
  ['JSON', (model) => JSON.stringify(model)],
];

describe.each(forms)('the report as %s', (_, write) => {
  test('tells somebody who was not there: outcome, release, plan, steps, verdicts, decisions, what is left and what is not', async () => {
    const text = write(await modelOf(rolledBack()));
    for (const fact of [
      'ROLLBACK INCOMPLETE: finish it by hand',
      `sha256:${'b'.repeat(64)}`,
      '3f9a1c0d2b4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8',
      '2.3.watch-50',
      'created abc',
      '12.0 % of 400',
      'eva',
      'measured yesterday',
      'no load generator reaches staging',
      'traffic back to green',
      'kubectl -n analytics patch service analytics',
      'ENOSPC',
      'five of us',
      'connection refused',
      'perhaps twice',
      'without 1.4: the fix is one line',
      'monitoring.example.com',
    ])
      expect(text).toContain(fact);
  });

  test('tells what made it a success, what was monitored, and how the release is looked after', async () => {
    const told = { workflowId: `follow-up:${deploymentId}`, status: 'running', view: lookedAfter, asOf: began + 200 * minute };
    const text = write(await modelOf(succeeded({ followUps: told })));
    for (const fact of [
      'errors 0.2 %, within its limit in 2 watches',
      'compared by hand',
      'scan of today',
      'the spec does not ask for it',
      'db_pool_in_use of db_pool_size',
      '0.312',
      '3 of 3 ready',
      'the last of 2',
      'the watch is extended, then people are asked',
      'goes on, on record',
      `follow-up:${deploymentId}`,
      'errors 9.0 % of 900, must stay below 5.0 %',
      'alert HighErrors fires since 2026-11-24 04:50 UTC: errors 9 %',
      'day.alerts',
      'first week',
    ])
      expect(text).toContain(fact);
  });

  test('has no control character, whatever people and servers wrote', async () => {
    // Line ends are the form's own.
    expect(write(await modelOf(rolledBack())).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  test('cuts very long texts', async () => {
    const material = rolledBack();
    const model = await modelOf({ ...material, report: { ...material.report!, reason: 'very long '.repeat(20_000) } });
    expect(write(model).length).toBeLessThan(40_000);
  });

  test('knows no secret: neither by reference, nor where one slipped into an address, a message or a command', async () => {
    const seeded = ['s33d-user-token', 's33d-git-password', 's33d-slack-hook', 's33d-database', 's33d-bearer-0123456789'];
    const [user = '', git, slack, database, bearer] = seeded;
    process.env['S33DED_TOKEN'] = user;
    const spec = testSpec({
      tokens: { user: 'env:S33DED_TOKEN' },
      sinks: [{ kind: 'webhook', name: 'team', url: `https://hooks.slack.com/services/${slack}`, token: 'user' }],
      verification: { requests: [], families: [], dashboard: `https://viewer:${git}@monitoring.example.com/d/x` },
    });
    const material = rolledBack();
    const report = material.report!;
    const model = await modelOf({
      ...material,
      request: testRequest({ spec: { ...spec, tag: { ...spec.tag, remote: `https://bot:${git}@git.example.com/analytics.git` } } }),
      report: {
        ...report,
        reason: `postgres://app:${database}@db/shop does not answer.`,
        decisions: [{ what: 'skip', by: 'bo', at: 0, comment: `curl -H 'Authorization: Bearer ${bearer}'`, on: '1.4.tests' }],
        left: [{ subject: 'x', reason: `token=${user}`, byHand: `PGPASSWORD=${database} psql` }],
      },
    });
    delete process.env['S33DED_TOKEN'];
    for (const secret of seeded) expect(write(model)).not.toContain(secret);
  });
});

describe('the HTML', () => {
  test('shows what people wrote as text, never as markup', async () => {
    const page = htmlOf(await modelOf(rolledBack()));
    expect(page).not.toMatch(/<script|<img|<iframe|javascript:alert\(1\)"|\son\w+=/i);
    expect(page).toContain('&#60;script&#62;alert(1)&#60;/script&#62;');
    expect(page).toContain('&#38;amp;');
  });

  test('is a page by itself: it loads nothing, and its policy forbids it', async () => {
    const page = htmlOf(await modelOf(rolledBack()));
    expect(page).not.toMatch(/<(?:link|script|img|iframe|object|embed|base|form)\b|@import|url\(/i);
    expect(page).toContain("default-src 'none'");
    expect(page).toMatch(/@media print/);
    expect(page).toMatch(/prefers-color-scheme: dark/);
  });

  test('has each section under an anchor that its contents name, once', async () => {
    const model = await modelOf(rolledBack());
    const page = htmlOf(model);
    const ids = sectionsOf(model).map(({ id }) => id);
    expect(ids.join(' ')).toBe(
      'outcome left release plan steps watches success monitoring attestations decisions waivers left-out undone stays follow-ups notices links',
    );
    for (const id of ids) {
      expect(page.split(`<section id="${id}"`)).toHaveLength(2);
      expect(page).toContain(`<a href="#${id}">`);
    }
  });

  test('opens every element that it closes', async () => {
    const open: string[] = [];
    const isVoid = new Set(['meta', 'br']);
    for (const [, slash, name = ''] of htmlOf(await modelOf(rolledBack())).matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
      if (slash) expect(open.pop()).toBe(name);
      else if (!isVoid.has(name)) open.push(name);
    }
    expect(open).toEqual([]);
  });

  test('follows only addresses of the web', async () => {
    const model = { ...(await modelOf(rolledBack())), links: [{ title: 'x', url: 'javascript:alert(1)' }] };
    expect(htmlOf(model)).not.toContain('href="javascript');
    expect(
      (await modelOf({ ...rolledBack(), links: [{ title: 'x', url: 'javascript:alert(1)' }] })).links.map(({ url }) => url),
    ).not.toContain('javascript:alert(1)');
  });
});

describe('the Markdown', () => {
  test('shows what people wrote as text: no HTML, links, emphasis or table of theirs', async () => {
    const text = markdownOf(await modelOf(rolledBack()));
    const line = text.split('\n').find((one) => one.includes('alert(1)')) ?? '';
    expect(line).toContain('\\<script\\>');
    expect(line).toContain('\\[x\\](javascript');
    expect(line).toContain('\\*\\*bold\\*\\*');
    // The cells of the table are those of its head.
    expect(line.split(/(?<!\\)\|/)).toHaveLength(7);
    expect(hostile).toContain(' | ');
  });

  test('keeps a command with backticks in one block that can be copied', async () => {
    const text = markdownOf(await modelOf(rolledBack()));
    expect(text).toContain('  ```sh\n  kubectl -n analytics patch service analytics');
  });

  test('of a deployment that runs says where it stands, whom it waits for, and what stopping would do', async () => {
    const { workflowId, runId } = runOf();
    const text = markdownOf(
      await modelOf({
        request: testRequest(),
        view: ramping({ state: 'waiting for approval', gate: openGate() }),
        run: { namespace: 'default', workflowId, runId, status: 'running', startedAt: began, closedAt: null },
        asOf: began + 31 * minute,
      }),
    );
    expect(text).toContain('## Where it stands');
    expect(text).toContain('Waits for approval: go to production:');
    expect(text).toContain('may approve: eva (lead), bo (ops), cy (ops)');
    expect(text).toContain('- traffic back to green');
    expect(text).toContain('kubectl -n shop edit httproute analytics');
    expect(text).toContain('to come');
  });

  test('has a heading for success, monitoring and follow-ups, and says in one sentence where the spec leaves one out', async () => {
    const text = markdownOf(await modelOf(rolledBack()));
    expect(text).toContain('## Success criteria\n\nLeft out: the spec has no success criteria.\n');
    expect(text).toContain('## Monitoring\n\nLeft out: the spec names nothing that is monitored beside the watches.\n');
    expect(text).toContain('## Follow-ups\n\nLeft out: the spec has no followUps.\n');
  });

  test('counts the criteria, and names who attested and who waived', async () => {
    const text = markdownOf(await modelOf(succeeded()));
    expect(text).toContain('3 of 6 met, 2 waived, 1 left out. What cannot be proved is not met');
    expect(text).toMatch(/\| `success\.security` \|.*\| attested by ops \| met \| scan of today \| bo, 2026-11-24 02:52:00 UTC \|/);
    expect(text).toMatch(/\| `success\.training` \|.*\| waived \| next week, until 2026-\S+ \| cy, 2026-11-24 02:53:00 UTC \|/);
    expect(text).toMatch(/\*\*deployment\*\*[^]*\*\*application\*\*[^]*\*\*infrastructure\*\*/);
  });

  test('says which rollback the follow-ups have started', async () => {
    const told = { workflowId: `follow-up:${deploymentId}`, status: 'completed', report: rolledBackAfter, asOf: began + 200 * minute };
    const text = markdownOf(await modelOf(succeeded({ followUps: told })));
    expect(text).toContain('Ended (ROLLBACK_STARTED): The release is not within its limits, seen twice');
    expect(text).toContain('**rollback started**: `analytics-production-rollback-traffic-20261124T020000Z`');
  });
});
