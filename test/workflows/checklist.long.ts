import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { FakeWorld } from './fake-world';
import { Harness } from './harness';
import type { Activities, CodeRequest } from '../../workflows/runbook/contract';
import type { AttestationSpec, CodeSpec, CommandSpec, Spec } from '../../workflows/runbook/spec';
import { testRequest, testSpec } from './test-request';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

const names = ['types', 'tests', 'coverage', 'boundaries', 'lint', 'hooks'] as const;
const command = (name: string): CommandSpec => ({ command: ['npm', 'run', name], directory: '.', environment: {}, timeout: 10_000 });
const code: CodeSpec = {
  ...Object.fromEntries(names.map((name) => [name, command(name)])),
  coverage: { ...command('coverage'), summary: 'coverage/coverage-summary.json', statements: 0.8, branches: 0.7 },
};
const asked = (more: Partial<AttestationSpec> = {}): AttestationSpec => ({
  owner: 'ops',
  within: 60_000,
  remind: [0.5, 0.8],
  onExpiry: 'rollback',
  ...more,
});

/** A world in which the named commands of the checklist fail, until they are mended. */
function worldWith(broken: Set<string>, change: Partial<Spec> = {}): FakeWorld {
  const world = new FakeWorld(testRequest({ spec: testSpec({ checklist: { code }, ...change }) }));
  world.hook = (activity, input, when) => {
    const name = isCode(activity) ? (input as CodeRequest).command.command[2] : undefined;
    if (when === 'before' && name !== undefined && broken.has(name))
      throw ApplicationFailure.create({ type: 'CommandFailed', message: `${name} ended with code 1.`, nonRetryable: true, details: [{}] });
  };
  return world;
}
const isCode = (activity: string): boolean => activity === 'checkCode' || activity === 'checkCoverage';
const runs = (world: FakeWorld): number => world.calls.filter(isCode).length;
const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

describe('the checklist', () => {
  test('tells all that fails in one run, each in its own sentence, before anything else happens', async () => {
    const world = worldWith(new Set(names), { attention: { deadline: 300, undoDeadline: 300 } });
    await harness.deploy(world, async (deployment) => {
      const { attention } = await deployment.until((view) => view.attention !== null);
      expect(attention).toMatchObject({ step: 'checklist', choices: ['retry', 'waive', 'rollback'] });
      expect(attention?.lines).toEqual(
        names.map((name) => expect.objectContaining({ id: `checklist.${name}`, reason: `${name} ended with code 1.`, waived: null })),
      );
      const report = await deployment.result();
      expect(report.outcome).toBe('FAILED');
      for (const name of names) expect(report.reason).toContain(`checklist.${name}: ${name} ended with code 1.`);
      expect(world.calls[0]).toBe('resolveRelease');
      expect(world.ledger).toEqual([]);
      expect(world.calls).not.toContain('pushTag');
      expect(runs(world)).toBe(6);
    });
  });

  test('makes only what failed again', async () => {
    const broken = new Set<string>(['lint', 'tests']);
    const world = worldWith(broken);
    await harness.deploy(world, async (deployment) => {
      await deployment.until((view) => view.attention !== null);
      expect(runs(world)).toBe(6);
      broken.clear();
      await deployment.send('retry', { step: 'checklist', by: 'ana' });
      await deployment.until(({ rows }) => rows.some(({ id, state }) => id === 'checklist' && state === 'done'));
      expect(runs(world)).toBe(8);
    });
  });

  test('goes on where each line that failed is waived, on record, and the approvers see it', async () => {
    const world = worldWith(new Set(['lint', 'hooks']));
    await harness.deploy(world, async (deployment) => {
      await deployment.until((view) => view.attention !== null);
      const waive = (item: string) => deployment.send('waive', { item, by: 'eva', comment: 'known, ticket 7', until: day(10) });
      await waive('checklist.lint');
      const { attention } = await deployment.status();
      expect(attention?.lines).toMatchObject([
        { id: 'checklist.lint', waived: expect.stringMatching(/^checklist\.lint waived by eva until .* UTC: known, ticket 7$/) },
        { id: 'checklist.hooks', waived: null },
      ]);
      await expect(waive('checklist.lint')).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/checklist\.lint waived by eva .* already, open is checklist\.hooks/) },
      });
      await waive('checklist.hooks');
      const { gate } = await deployment.until((view) => view.gate !== null);
      expect(gate?.shows.filter((line) => line.startsWith('not checked: '))).toHaveLength(2);
      await deployment.approve();
      const report = await deployment.result();
      expect(report).toMatchObject({
        outcome: 'SUCCEEDED_WITH_WAIVERS',
        waivers: [/lint waived by eva/, /hooks waived by eva/].map((words) => expect.stringMatching(words)),
      });
    });
  });

  test('is passed by nobody in one word: what failed is waived, line by line, by those who may', async () => {
    const world = worldWith(new Set(['lint']));
    await harness.deploy(world, async (deployment) => {
      await deployment.until((view) => view.attention !== null);
      await expect(deployment.send('skip', { step: 'checklist', by: 'mallory', comment: 'in a hurry' })).rejects.toMatchObject({
        cause: {
          message: expect.stringMatching(/^Not taken: checklist can be answered with retry or waive or rollback\. A line .* waive --item/),
        },
      });
      const waive = (by: string) => deployment.send('waive', { item: 'checklist.lint', by, comment: 'known', until: day(1) });
      await expect(waive('mallory')).rejects.toMatchObject({ cause: { message: expect.stringContaining('"mallory" may not waive') } });
      await waive('bo');
      await deployment.until((view) => view.gate !== null);
    });
  });

  test('asks again for what a waiver let pass, where the waiver has ended before production', async () => {
    const broken = new Set<string>(['lint']);
    const world = worldWith(broken);
    await harness.deploy(world, async (deployment) => {
      await deployment.until((view) => view.attention !== null);
      const until = new Date(Date.now() + 3_000).toISOString();
      await deployment.send('waive', { item: 'checklist.lint', by: 'eva', comment: 'for a moment', until });
      await deployment.until((view) => view.gate !== null);
      await deployment.until(() => Date.now() > Date.parse(until));
      await deployment.approve();
      const { attention, waivers } = await deployment.until((view) => view.attention !== null);
      expect(attention?.lines).toMatchObject([{ id: 'checklist.lint', waived: null }]);
      expect(waivers).toEqual([]);
      broken.clear();
      await deployment.send('retry', { step: 'checklist', by: 'ana' });
      expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED', waivers: [] });
    });
  });

  test('leaves out a line that is switched off, and says why', async () => {
    const world = worldWith(new Set(['lint']), { off: { 'checklist.lint': 'linted elsewhere' } });
    await harness.deploy(world, async (deployment) => {
      const { rows } = await deployment.until((view) => view.gate !== null);
      const checklist = rows.find(({ id }) => id === 'checklist');
      expect(checklist).toMatchObject({ state: 'done' });
      expect(checklist?.children.find(({ id }) => id === 'checklist.lint')).toMatchObject({ state: 'off', note: 'linted elsewhere' });
      expect(runs(world)).toBe(5);
    });
  });

  test('refuses waivers without reason, without end, in the past, by strangers, and of what has not failed', async () => {
    const world = worldWith(new Set(['lint']));
    await harness.deploy(world, async (deployment) => {
      await deployment.until((view) => view.attention !== null);
      const good = { item: 'checklist.lint', by: 'eva', comment: 'why', until: day(3) };
      const refused = async (change: Partial<typeof good>, words: RegExp) =>
        expect(deployment.send('waive', { ...good, ...change })).rejects.toMatchObject({
          cause: { message: expect.stringMatching(words) },
        });
      await refused({ comment: ' ' }, /a waiver needs its reason/);
      await refused({ until: '' }, /a waiver ends\. Say when/);
      await refused({ until: 'tomorrow' }, /a waiver ends\. Say when/);
      await refused({ until: '2020-01-01' }, /2020-01-01 is over/);
      await refused({ until: '2999-01-01' }, /at most a year/);
      await refused({ by: 'mallory' }, /"mallory" may not waive checklist\.lint\. Ask ana or eva or bo or cy/);
      await refused({ item: 'checklist.types' }, /"checklist\.types" is not open, open is checklist\.lint/);
    });
  });
});

describe('attestations', () => {
  const team = { 'team.operations': asked(), 'team.channels': asked(), 'team.development': asked({ owner: 'lead' }) };

  test('that somebody is on call is asked for with those of the team, before the gate', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec({ attestations: { 'window.oncall': asked() } }) }));
    await harness.deploy(world, async (deployment) => {
      const { gate, attestations } = await deployment.until((view) => (view.attestations ?? []).length > 0);
      expect(attestations).toMatchObject([{ id: 'window.oncall', owner: 'ops', state: 'open' }]);
      expect(gate).toBeNull();
      await deployment.send('attest', { item: 'window.oncall', by: 'bo', comment: 'me, until six' });
      await deployment.approve();
      const { outcome, rows } = await deployment.result();
      expect(outcome).toBe('SUCCEEDED');
      expect(rows.find(({ id }) => id === 'team')?.children).toContainEqual(
        expect.objectContaining({ id: 'window.oncall', state: 'done', note: 'bo: me, until six' }),
      );
    });
  });

  test('are asked for all at once, and the gate opens when each is given', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec({ attestations: team }) }));
    await harness.deploy(world, async (deployment) => {
      const { attestations = [], gate } = await deployment.until(({ state }) => state === 'waiting for attestations');
      expect(gate).toBeNull();
      expect(attestations.map(({ id, owner, people, state }) => [id, owner, people, state])).toEqual([
        ['team.development', 'lead', ['ana', 'eva'], 'open'],
        ['team.operations', 'ops', ['bo', 'cy'], 'open'],
        ['team.channels', 'ops', ['bo', 'cy'], 'open'],
      ]);
      // Whoever started it may answer for what is theirs.
      await deployment.send('attest', { item: 'team.development', by: 'ana' });
      await deployment.send('attest', { item: 'team.operations', by: 'cy', comment: 'two of us watch' });
      expect(await deployment.send('attest', { item: 'team.channels', by: 'bo' })).toBe('Attested: people can reach each other.');
      await deployment.approve();
      const report = await deployment.result();
      expect(report.outcome).toBe('SUCCEEDED');
      expect(report.attestations).toMatchObject([
        { id: 'team.development', state: 'attested', by: 'ana' },
        { id: 'team.operations', state: 'attested', by: 'cy', note: 'two of us watch' },
        { id: 'team.channels', state: 'attested', by: 'bo' },
      ]);
      expect(report.rows.find(({ id }) => id === 'team')?.children).toMatchObject(
        [
          { id: 'team.development', state: 'done', note: 'ana' },
          { id: 'team.operations', state: 'done', note: 'cy: two of us watch' },
          { id: 'team.channels', state: 'done', note: 'bo' },
          { id: 'team.stakeholders', state: 'off' },
          { id: 'team.rollback', state: 'off' },
          { id: 'window.oncall', state: 'off' },
        ].toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id)),
      );
    });
  });
  const order = ['team.development', 'team.operations', 'team.stakeholders', 'team.rollback', 'team.channels', 'window.oncall'];

  test('are refused from those who do not answer for them, and where nothing is open', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec({ attestations: team }) }));
    await harness.deploy(world, async (deployment) => {
      await deployment.until(({ state }) => state === 'waiting for attestations');
      const refused = async (item: string, by: string, words: RegExp) =>
        expect(deployment.send('attest', { item, by })).rejects.toMatchObject({ cause: { message: expect.stringMatching(words) } });
      await refused('team.operations', 'ana', /"ana" does not hold the role ops, which answers for team\.operations\. Ask bo or cy/);
      await refused('team.rollback', 'bo', /"team\.rollback" is not open, open are team\.development, team\.operations, team\.channels/);
      await deployment.send('attest', { item: 'team.operations', by: 'bo' });
      await refused('team.operations', 'cy', /team\.operations is attested by bo already/);
      await deployment.send('abort', { by: 'ana' });
      const report = await deployment.result();
      expect(report.attestations).toMatchObject([{ state: 'closed' }, { state: 'attested' }, { state: 'closed' }]);
    });
  });

  test('that nobody gives end the deployment, and everything is put back', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec({ attestations: { 'team.channels': asked({ within: 300 }) } }) }));
    const before = world.snapshot();
    await harness.deploy(world, async (deployment) => {
      const report = await deployment.result();
      expect(report).toMatchObject({
        outcome: 'EXPIRED',
        reason: 'team.channels, people can reach each other: nobody attested it in time.',
      });
      expect(report.attestations).toMatchObject([{ id: 'team.channels', state: 'expired', by: null }]);
      expect(world.state).toEqual(before);
    });
  });

  test('that nobody gives are waived where the spec says so, never attested', async () => {
    const attestations = { 'team.channels': asked({ within: 300, onExpiry: 'waive' }) };
    const world = new FakeWorld(testRequest({ spec: testSpec({ attestations }) }));
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const report = await deployment.result();
      expect(report.outcome).toBe('SUCCEEDED_WITH_WAIVERS');
      expect(report.attestations).toMatchObject([{ state: 'waived', by: null }]);
      expect(report.waivers).toEqual(['team.channels waived by the spec for this deployment: nobody attested it in time']);
    });
  });

  test('are waived by a person for a time, and asked for again where that has ended', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec({ attestations: { 'team.channels': asked() } }) }));
    await harness.deploy(world, async (deployment) => {
      await deployment.until(({ state }) => state === 'waiting for attestations');
      const until = new Date(Date.now() + 2_000).toISOString();
      await deployment.send('waive', { item: 'team.channels', by: 'bo', comment: 'later', until });
      await deployment.until((view) => view.gate !== null && Date.now() > Date.parse(until));
      await deployment.approve();
      await deployment.until(({ state }) => state === 'waiting for attestations');
      await deployment.send('attest', { item: 'team.channels', by: 'cy' });
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'SUCCEEDED', waivers: [] });
      expect(report.attestations).toMatchObject([{ state: 'attested', by: 'cy' }]);
    });
  });
});

test('six lines and five attestations cost no more than their activities and what people say', async () => {
  const owned = ['team.development', 'team.operations', 'team.stakeholders', 'team.rollback', 'team.channels'] as const;
  const attestations = Object.fromEntries(owned.map((id) => [id, asked()]));
  const events = (change: Partial<Spec>) =>
    harness.deploy(new FakeWorld(testRequest({ spec: testSpec(change) })), async (deployment) => {
      if (change.attestations) {
        await deployment.until(({ state }) => state === 'waiting for attestations');
        for (const item of owned) await deployment.send('attest', { item, by: 'bo' });
      }
      await deployment.approve();
      await deployment.result();
      return (await deployment.history()).events;
    });
  const bare = await events({});
  const whole = await events({ checklist: { code }, attestations });
  // Three for an activity and two for a message, each with a workflow task at most; the timer, and the patch.
  expect(whole - bare).toBeLessThanOrEqual(6 * 6 + 5 * 5 + 12);
});

describe('the lines of the code quality', () => {
  const receipts = async (change: Partial<Spec>, answers?: Partial<Activities>) => {
    const world = new FakeWorld(testRequest({ spec: testSpec(change) }));
    if (answers) Object.defineProperty(world, 'activities', { value: { ...world.activities, ...answers } });
    return harness.deploy(world, async (deployment) => {
      const { rows } = await deployment.until((view) => view.gate !== null);
      const { children = [] } = rows.find(({ id }) => id === 'checklist') ?? {};
      return Object.fromEntries(children.map(({ id, note }) => [id.replace('checklist.', ''), note]));
    });
  };

  test('say what was measured, and what was known already', async () => {
    const passed = { took: 12_000, tail: 'ok', output: 'e', cached: true };
    expect(await receipts({ checklist: { code } }, { checkCode: () => Promise.resolve(passed) })).toEqual({
      ...Object.fromEntries(names.map((name) => [name, 'cached: passed on this commit before'])),
      coverage: '91 % of statements, 84 % of branches; passed in 1 s',
    });
  });

  test('name the CI as their source where its result stands for them', async () => {
    const ci = {
      ...({ name: 'our CI', url: 'https://ci.example.com/{commit}', kind: 'check-runs', passes: 'success', wait: 0 } as const),
      checks: { types: 'build', coverage: 'coverage' },
    };
    const notes = await receipts({ checklist: { code: { lint: command('lint'), ci } } });
    expect(notes).toEqual({ types: 'passed, says our CI', coverage: 'passed, says our CI', lint: 'passed in 1 s' });
  });
});
