import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { plan } from '../../../client/acts/plan';
import { risks } from '../../../client/runbook/risks';
import { columns } from '../../../client/screens/look';
import { contextOf, worldOf } from '../fake-engine';

async function said(options: object, json = false): Promise<string> {
  const { context, stdout } = contextOf(worldOf(), { options: { spec: resolve('spec/analytics.yaml'), ...options }, json });
  expect(await plan(context)).toBe(0);
  return stdout();
}

describe('plan --risks', () => {
  test('shows below the plan each of the twelve risks with what covers it, and leaves none without', async () => {
    const lines = (await said({ risks: true })).split('\n');
    const shown = lines.slice(lines.indexOf('Risks and what covers them') + 1).join('\n');
    expect(shown).not.toContain('does not exist');
    const blocks = shown.trimEnd().split(/\n(?= \S)/);
    expect(blocks.map((block) => block.trim().split(' (')[0])).toEqual(risks.map(({ title }) => title));
    expect(blocks).toHaveLength(12);
    for (const block of blocks) expect(block).toMatch(/^ *\S.* \((before|at run time|after)\)\n {2,}\S+.*: \S/);
    expect(lines.filter((line) => columns(line) > 80)).toEqual([]);
  });

  test('tells the same as data, and nothing of risks where nobody asks', async () => {
    const { risks: covered } = JSON.parse(await said({ risks: true }, true)) as {
      readonly risks: readonly { readonly by: readonly { readonly words: string | null }[] }[];
    };
    expect(covered).toHaveLength(12);
    for (const { by } of covered) {
      expect(by.length).toBeGreaterThan(0);
      expect(by.filter(({ words }) => words === null)).toEqual([]);
    }
    expect(await said({})).not.toContain('Risks');
    expect(JSON.parse(await said({}, true))).not.toHaveProperty('risks');
  });
});
