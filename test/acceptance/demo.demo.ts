import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { partNames } from '../../sandbox/parts';
import type { ReportModel } from '../../workflows/runbook/report/model';
import { missingParts } from '../support/parts';

const command = join(__dirname, '..', '..', 'bin', 'analytics-deploy.js');
const run = promisify(execFile);

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'analytics-deploy-demos-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The demo into a pipe, as a script would run it: exit code and everything it said, line breaks as spaces. */
async function demo(...options: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  const dir = join(folder, options.join('_').replace(/\W/g, '-') || 'plain');
  const child = spawn(process.execPath, [command, 'demo', '--yes', '--dir', dir, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said: said.replace(/\s+/g, ' ') };
}

const uiLink = /http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\/deploy:analytics:production/;
const noneTwice = /By the cluster's ledger \d+ writes changed something, none of them twice\./;

describe('the demo', () => {
  test.concurrent('deploys: every step is shown live, the split is measured at each share, the web UI is linked', async () => {
    const { code, said } = await demo();
    expect(said).toMatch(/SUCCEEDED/);
    expect(code).toBe(0);
    for (const step of ['1.1', '1.2', '1.3', '1.4', '2.1', '2.2', '2.3', '2.4']) expect(said).toContain(` ${step} `);
    for (const share of [10, 20, 50, 80, 100]) expect(said).toMatch(new RegExp(`watch at ${share} %: [\\d.]+ % of \\d+ requests served`));
    expect(said).toMatch(uiLink);
    expect(said).toMatch(noneTwice);
    // The server is gone with the demo: the report is in the file that was kept.
    const [, id = '', from = ''] = /analytics-deploy report (\S+) --from (\S+)/.exec(said) ?? [];
    const { stdout } = await run(process.execPath, [command, 'report', id, '--from', from, '--format', 'html']);
    expect(stdout).toMatch(/^<!doctype html>[\s\S]*analytics v1\.0\.0 in production: succeeded/);
  });

  test.concurrent(
    'with --full says which parts are real and runs the whole runbook to the follow-ups, within the history that it may have',
    async () => {
      const started = Date.now();
      const { code, said } = await demo('--full');
      expect(said).toMatch(/SUCCEEDED/);
      expect(code).toBe(0);
      expect(Date.now() - started).toBeLessThan(5 * 60_000);
      for (const part of ['types compile', 'database backup, verified', 'team coordination', '2.0 migrations', 'monitoring', 'follow-ups'])
        expect(said).toContain(part);
      expect(said).toMatch(/The follow-ups have begun as follow-up:analytics-production-\S+, the first look is due/);
      const allReal = /database: PostgreSQL redis: Valkey monitoring: Prometheus and Alertmanager grafana: stand-in/;
      expect(said).toMatch(missingParts(partNames).length === 0 ? allReal : /grafana: stand-in/);
      expect(said).toMatch(noneTwice);
      const [, id = '', from = ''] = /analytics-deploy report (\S+) --from (\S+)/.exec(said) ?? [];
      const reportAs = (form: string) => run(process.execPath, [command, 'report', id, '--from', from, '--format', form]);
      const { decisions, success, monitoring, followUps } = JSON.parse((await reportAs('json')).stdout) as ReportModel;
      // 500 and 5 for each decision of a person: approvals of two and all that is attested.
      const [, events = 'no', kilobytes = 'no'] = /The history has (\d+) events, (\d+) kB\./.exec(said) ?? [];
      expect(decisions).toHaveLength(18);
      expect(Number(events)).toBeLessThanOrEqual(500 + 5 * decisions.length);
      expect(Number(kilobytes)).toBeLessThanOrEqual(200);
      expect(success?.criteria).toHaveLength(15);
      expect(success?.criteria.filter(({ verdict, by, evidence }) => verdict !== 'met' || (by === null && evidence === ''))).toEqual([]);
      expect(monitoring?.signals.filter(({ verdict }) => verdict !== 'met')).toEqual([]);
      expect(monitoring?.signals).toHaveLength(19);
      expect(followUps).toMatchObject({ state: 'begun', workflowId: `follow-up:${id}`, planned: 34 });
      const page = (await reportAs('html')).stdout;
      for (const part of ['steps', 'watches', 'success', 'monitoring', 'attestations', 'decisions', 'follow-ups', 'notices'])
        expect(page).toContain(`<section id="${part}"`);
    },
  );

  test.concurrent.each(['errors@50', 'latency@20', 'cache@50', 'crash@10'])(
    'with --break %s takes traffic off the new version within ten seconds and leaves the world as before',
    async (broken) => {
      const { code, said } = await demo('--break', broken);
      expect(said).toMatch(/ROLLED_BACK/);
      expect(code).toBe(3);
      const [, seconds = 'never'] = /From the first bad answer until traffic was off: ([\d.]+) s/.exec(said) ?? [];
      expect(Number(seconds)).toBeLessThanOrEqual(10);
      expect(said).toMatch(/The world is as before: \d+ objects are equal in spec, data, labels and annotations\./);
      expect(said).toMatch(/Stays by its nature git tag v1\.0\.0-analytics/);
      expect(said).toMatch(noneTwice);
    },
  );

  test.concurrent.each(['2.2', '2.3'])('with --kill worker@%s ends as without the kill, and no effect happens twice', async (place) => {
    const { code, said } = await demo('--kill', `worker@${place}`);
    expect(said).toContain(`The worker was killed in ${place} and started again.`);
    expect(said).toMatch(/SUCCEEDED/);
    expect(code).toBe(0);
    expect(said).toMatch(noneTwice);
  });

  test.concurrent('with the worker killed in the rollback puts everything back, and no effect happens twice', async () => {
    const { code, said } = await demo('--break', 'errors@50', '--kill', 'worker@rollback');
    expect(said).toContain('The worker was killed in rollback and started again.');
    expect(said).toMatch(/ROLLED_BACK/);
    expect(code).toBe(3);
    expect(said).toMatch(/The world is as before/);
    expect(said).toMatch(noneTwice);
  });
});
