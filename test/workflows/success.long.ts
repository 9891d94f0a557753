import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import type { ProfileSpec, Spec } from '../../workflows/runbook/spec';
import type { Row } from '../../workflows/runbook/view';
import { FakeWorld } from './fake-world';
import { Harness, type Deployment } from './harness';
import { testRequest, testSpec } from './test-request';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

const proved: Spec['success'] = {
  criteria: [
    { id: 'success.smoke', title: 'smoke tests passed', steps: ['1.2'] },
    { id: 'success.errors', title: 'errors stayed below their limit', watches: ['errors'] },
    { id: 'success.duration', title: 'within the estimate', duration: { times: 1, grace: 600_000 } },
  ],
};
const attested: Spec['success'] = {
  criteria: [...proved.criteria, { id: 'success.security', title: 'no weakness', attestation: 'success.security' }],
};
const attestations: Spec['attestations'] = {
  'success.security': { owner: 'ops', within: 60_000, remind: [], onExpiry: 'waive' },
  'monitoring.cdn': { owner: 'ops', within: 60_000, remind: [], onExpiry: 'waive' },
};
const gauge = {
  value: { metric: 'pool', labels: {} },
  as: 'value',
  combine: 'sum',
  direction: 'below',
  limit: 4,
  absence: 'fail',
} as const;
const monitoring: Spec['monitoring'] = {
  signals: [
    { id: 'deployment.pool', title: 'connections in use', gauge },
    { id: 'infrastructure.cdn', title: 'CDN', attestation: 'monitoring.cdn' },
  ],
};

const worldOf = (spec: Partial<Spec>): FakeWorld => new FakeWorld(testRequest({ spec: testSpec(spec) }));
const section = (rows: readonly Row[], id: string) => rows.find((row) => row.id === id);
const open = (deployment: Deployment, ...ids: readonly string[]) =>
  deployment.until(({ attestations: asked = [] }) => ids.every((id) => asked.some((one) => one.id === id && one.state === 'open')));

describe('success', () => {
  test('is judged after the verification: what is proved says by what, what no machine can look at is attested', async () => {
    const world = worldOf({ success: attested, monitoring, attestations });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await open(deployment, 'monitoring.cdn');
      // People are interrupted once: what monitoring asks of them is asked with the criteria.
      await open(deployment, 'success.security');
      await deployment.send('attest', { by: 'cy', item: 'monitoring.cdn' });
      await deployment.send('attest', { by: 'bo', item: 'success.security', comment: 'scan of today' });
      const { outcome, rows } = await deployment.result();
      expect(outcome).toBe('SUCCEEDED');
      expect(section(rows, 'monitoring')?.children.map(({ id, state, note }) => [id, state, note])).toEqual([
        ['monitoring.gauges', 'done', expect.stringMatching(/^connections in use \d/)],
      ]);
      expect(section(rows, 'success')?.children.map(({ id, state, note }) => [id, state, note])).toEqual([
        ['success.smoke', 'done', '1.2: 2 of 2'],
        ['success.errors', 'done', 'errors 0.1 %, within its limit in 4 watches'],
        ['success.duration', 'done', expect.stringMatching(/of work and watches, planned/)],
        ['monitoring.cdn', 'done', 'cy'],
        ['success.security', 'done', 'bo: scan of today'],
      ]);
    });
  });

  test('asks once for all that is not proved; a line may be waived, and the end says so', async () => {
    const more = [
      { id: 'success.load', title: 'load', steps: ['1.9'] },
      { id: 'success.regressions', title: 'no rule broke', steps: ['1.4', '1.5'] },
    ];
    const world = worldOf({ success: { criteria: [...proved.criteria, ...more] } });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { attention } = await deployment.until((view) => view.attention !== null);
      expect(attention?.lines?.map(({ id, reason }) => [id, reason])).toEqual([
        ['success.load', '1.9 was not done'],
        ['success.regressions', '1.5 was not done'],
      ]);
      const until = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
      await deployment.send('waive', { by: 'eva', item: 'success.load', comment: 'measured by hand', until });
      await deployment.send('waive', { by: 'eva', item: 'success.regressions', comment: 'none known', until });
      expect(await deployment.result()).toMatchObject({
        outcome: 'SUCCEEDED_WITH_WAIVERS',
        waivers: expect.arrayContaining([expect.stringContaining('success.load waived by eva')]),
      });
    });
  });

  test('of a profile asks nobody for what its approval has left out: a criterion goes with its step, one that has more is judged by the rest', async () => {
    const gate = { approvals: 1, roles: ['lead'], expires: 60_000, onExpiry: 'rollback' } as const;
    const hotfix: ProfileSpec = {
      about: 'one correction',
      off: { '1.3': 'under load already', '1.4': 'its code is live' },
      waits: {},
      gate,
    };
    const criteria = [
      { id: 'success.load', title: 'load', steps: ['1.3'] },
      { id: 'success.performance', title: 'performance', steps: ['1.3'], watches: ['latency'] },
      { id: 'success.accuracy', title: 'the data is right', steps: ['1.4.consistency', '1.2'] },
    ];
    const world = new FakeWorld(testRequest({ spec: testSpec({ profiles: { hotfix }, success: { criteria } }), profile: 'hotfix' }));
    await harness.deploy(world, async (deployment) => {
      await deployment.approve('profile');
      await deployment.approve();
      const { outcome, rows } = await deployment.result();
      expect(outcome).toBe('SUCCEEDED');
      expect(section(rows, 'success')?.children.map(({ id, state, note }) => [id, state, note])).toEqual([
        ['success.load', 'off', 'without 1.3: hotfix: under load already'],
        ['success.performance', 'done', expect.stringMatching(/^under 500 ms .* · without 1\.3: hotfix: under load already$/)],
        ['success.accuracy', 'done', expect.stringMatching(/^1\.2: .* · without 1\.4\.consistency: hotfix: its code is live$/)],
      ]);
    });
  });

  test('that nobody decides about in time is none: everything is put back', async () => {
    const world = worldOf({
      success: { criteria: [{ id: 'success.load', title: 'load', steps: ['1.9'] }] },
      attention: { deadline: 500, undoDeadline: 60_000 },
    });
    const before = world.snapshot();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', reason: expect.stringContaining('1.9 was not done') });
      expect(world.snapshot()).toEqual(before);
    });
  });

  test('asks alerting again: an alert that has fired meanwhile is no success', async () => {
    const infrastructure = {
      monitoring: { prometheus: 'https://prometheus.example.com', alertmanager: 'https://alerts.example.com', alerts: [] },
    };
    const world = worldOf({
      checklist: { infrastructure },
      success: { criteria: [{ id: 'success.alerts', title: 'no alert fires', alerts: ['service="analytics"'] }] },
    });
    let asked = 0;
    world.hook = (name, _, when) => {
      if (name === 'checkMonitoring' && when === 'before' && ++asked === 2)
        throw ApplicationFailure.nonRetryable('HighErrors is active.', 'CheckFailed');
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { attention } = await deployment.until((view) => view.attention !== null);
      expect(attention?.lines).toMatchObject([{ id: 'success.alerts', reason: 'HighErrors is active.' }]);
      await deployment.send('retry', { by: 'bo', step: 'success' });
      const { outcome, rows } = await deployment.result();
      expect(outcome).toBe('SUCCEEDED');
      expect(section(rows, 'success')?.children).toMatchObject([{ id: 'success.alerts', note: '0 active alerts, 1 Alertmanagers' }]);
    });
  });

  test('of alerts cannot be proved where nothing says where alerting is', async () => {
    const world = worldOf({ success: { criteria: [{ id: 'success.alerts', title: 'no alert fires', alerts: ['service="analytics"'] }] } });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { attention } = await deployment.until((view) => view.attention !== null);
      expect(attention?.lines).toMatchObject([{ id: 'success.alerts', reason: 'nothing is named that would prove it' }]);
    });
  });
});

describe('the monitoring after the verification', () => {
  const only = { signals: monitoring.signals.slice(0, 1) };

  test('a gauge beyond its limit rolls back at once', async () => {
    const world = worldOf({ monitoring: only });
    world.hook = (name, _, when) => {
      if (name === 'checkGauges' && when === 'before')
        throw ApplicationFailure.nonRetryable('connections in use 8, must stay below 4.', 'CheckFailed');
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect(await deployment.result()).toMatchObject({
        outcome: 'ROLLED_BACK',
        reason: 'monitoring.gauges gauges: connections in use 8, must stay below 4.',
      });
    });
  });

  test('one that says nothing asks a person, and is neither passed nor failed meanwhile', async () => {
    const world = worldOf({ monitoring: only });
    let silent = true;
    world.hook = (name, _, when) => {
      if (silent && name === 'checkGauges' && when === 'before')
        throw ApplicationFailure.nonRetryable('connections in use: no series of pool.', 'Inconclusive');
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { attention } = await deployment.until((view) => view.attention !== null);
      expect(attention).toMatchObject({ step: 'monitoring.gauges', reason: 'connections in use: no series of pool.' });
      silent = false;
      await deployment.send('retry', { by: 'bo', step: 'monitoring.gauges' });
      expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
    });
  });

  test('asks people for the signals that they alone know, also where the spec has no criteria of success', async () => {
    const world = worldOf({ monitoring: { signals: monitoring.signals.slice(1) }, attestations });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await open(deployment, 'monitoring.cdn');
      await deployment.send('attest', { by: 'cy', item: 'monitoring.cdn' });
      const { outcome, rows } = await deployment.result();
      expect(outcome).toBe('SUCCEEDED');
      expect(section(rows, 'success')?.state).toBe('off');
      expect(section(rows, 'monitoring')?.children).toMatchObject([{ id: 'monitoring.cdn', state: 'done', note: 'cy' }]);
    });
  });

  test('a signal is known by its step only where that was done: one that was not is asked about', async () => {
    const signals = [
      { id: 'business.export', title: 'export of data', step: '1.2' },
      { id: 'deployment.discovery', title: 'callers are served', step: '2.9.other' },
    ];
    const world = worldOf({ monitoring: { signals } });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { attention, rows } = await deployment.until((view) => view.attention !== null);
      expect(attention).toMatchObject({ step: 'monitoring', lines: [{ id: 'deployment.discovery', reason: '2.9.other was not done' }] });
      expect(section(rows, 'monitoring')?.children[0]).toMatchObject({ id: 'business.export', state: 'done', note: '1.2: 2 of 2' });
    });
  });
});
