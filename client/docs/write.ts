import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultSpecPath, loadSpec, planDigest } from '../../spec';
import { defaultTaskQueues } from '../../workflows/messages';
import { planOf, planTotals } from '../../workflows/runbook/plan';
import { planNotes } from '../screens/plan';
import { packageRoot } from '../version';
import { planTable } from './plan-table';

const markers = ['<!-- plan:begin -->', '<!-- plan:end -->'] as const;

/** Writes the plan of the default spec into the README; with `--check` it only says whether that is what stands there. */
async function writeDocs(check: boolean): Promise<number> {
  const file = join(packageRoot(), 'README.md');
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [text.indexOf(markers[0]), text.indexOf(markers[1])];
  if (begin < 0 || end < begin) return say(`README.md has no ${markers.join(' … ')}: put them where the plan belongs.`);
  const fresh = `${text.slice(0, begin + markers[0].length)}\n\n${await table()}\n${text.slice(end)}`;
  if (fresh === text) return 0;
  if (check) return say('The plan in README.md is stale. Write it anew with: npm run docs');
  writeFileSync(file, fresh);
  return 0;
}

async function table(): Promise<string> {
  const read = loadSpec(defaultSpecPath);
  if (!read.ok) throw new Error(`the default spec is not valid: ${JSON.stringify(read.problems)}`);
  const { spec } = read;
  const lines = await planOf({
    deploymentId: 'analytics-production-v1.0.0-20261124T020000Z',
    version: 'v1.0.0',
    requester: 'ana',
    planDigest: planDigest(spec),
    spec,
    searchAttributes: false,
    taskQueues: defaultTaskQueues,
  });
  return planTable(lines, planTotals(lines), planNotes(spec, []));
}

function say(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}

void writeDocs(process.argv.includes('--check')).then((code) => (process.exitCode = code));
