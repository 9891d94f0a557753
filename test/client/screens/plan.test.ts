import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { planTable } from '../../../client/docs/plan-table';
import { columns } from '../../../client/screens/look';
import { planNotes, planScreen } from '../../../client/screens/plan';
import { loadSpec } from '../../../spec';
import { defaultTaskQueues } from '../../../workflows/messages';
import { planOf, planTotals } from '../../../workflows/runbook/plan';
import { digest, wide } from '../fixtures';

async function planOfDefault() {
  const read = loadSpec(resolve('spec/analytics.yaml'));
  if (!read.ok) throw new Error('the default spec is not valid');
  const { spec } = read;
  const request = {
    deploymentId: 'analytics-production-v1.0.0-20261124T020000Z',
    version: 'v1.0.0',
    requester: 'ana',
    planDigest: digest,
    searchAttributes: false,
    taskQueues: defaultTaskQueues,
  };
  return { spec, lines: await planOf({ ...request, spec }) };
}

describe('the plan', () => {
  test('shows every line of the runbook in its order, with totals and digest', async () => {
    const { spec, lines } = await planOfDefault();
    const text = planScreen(wide, { title: 'analytics v1.0.0 → production', lines, planDigest: digest, notes: planNotes(spec, []) }).join(
      '\n',
    );
    const places = [
      '1.1.tag',
      '1.2.request-1',
      '1.3.load',
      'go to production',
      '2.1.flags',
      '2.2.traffic-10',
      '2.3.watch-50',
      '2.3.selector',
      '2.4.metrics',
    ].map((id) => text.indexOf(id));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(text).toContain('needs 2 approvals');
    expect(text).toContain('Point of no return');
    expect(text).toContain('Plan digest 3f9a1c0d2b4e');
  });

  test('says what the ramp does not do', async () => {
    const { spec } = await planOfDefault();
    const notes = planNotes(spec, ['demo.yaml']).join('\n');
    expect(notes).toContain('ANALYTICS_ROLLOUT_PERCENTAGE stays 10');
    expect(notes).toContain('Callers inside the cluster are not ramped');
    expect(notes).toContain('Overrides used: demo.yaml');
  });

  test('fits 80 columns', async () => {
    const { spec, lines } = await planOfDefault();
    const screen = planScreen(wide, { title: 't', lines, planDigest: digest, notes: planNotes(spec, []) });
    expect(screen.filter((line) => columns(line) > 80)).toEqual([]);
  });

  test("the README's table has a row for each line of the plan", async () => {
    const { spec, lines } = await planOfDefault();
    const table = planTable(lines, planTotals(lines), planNotes(spec, []));
    for (const { id } of lines) expect(table).toContain(`| \`${id}\` |`);
  });
});
