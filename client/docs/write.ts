import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defaultSpecPath, loadSpec, planDigest } from '../../spec';
import { defaultTaskQueues } from '../../workflows/messages';
import { planOf, planTotals, type PlanLine } from '../../workflows/runbook/plan';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import { manifestsOf } from '../rbac/manifests';
import { rightsOf } from '../rights';
import { coverageOf } from '../runbook/coverage';
import { asDocument, runbookMarkdown } from '../runbook/markdown';
import { registryOf } from '../runbook/registry';
import { planNotes } from '../screens/plan';
import { packageRoot } from '../version';
import { planTable } from './plan-table';

const markers = ['<!-- plan:begin -->', '<!-- plan:end -->'] as const;

/** Writes what is generated of the default spec: the plan in the README, the Roles in deploy/, the printed runbook. With `--check` it only says whether it is fresh. */
async function writeDocs(check: boolean): Promise<number> {
  const { spec } = request;
  const roles = manifestsOf(rightsOf(spec), { name: 'analytics-deploy', namespace: spec.production.namespace });
  const lines = await planOf(request);
  const runbook = await printedRunbook(asDocument(request));
  const stale = [writePlan(check, lines), writeWhole(check, 'deploy/rbac.yaml', roles), writeWhole(check, 'docs/runbook.md', runbook)];
  return stale.every((code) => code === 0) ? 0 : 1;
}

async function printedRunbook(document: DeploymentRequest): Promise<string> {
  const lines = await planOf(document);
  const registry = registryOf(document, lines);
  return runbookMarkdown(document, lines, registry, coverageOf(registry));
}

function writeWhole(check: boolean, path: string, fresh: string): number {
  const file = join(packageRoot(), path);
  if (existsSync(file) && readFileSync(file, 'utf8') === fresh) return 0;
  if (check) return say(`${path} is stale. Write it anew with: npm run docs`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, fresh);
  return 0;
}

function writePlan(check: boolean, lines: readonly PlanLine[]): number {
  const file = join(packageRoot(), 'README.md');
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [text.indexOf(markers[0]), text.indexOf(markers[1])];
  if (begin < 0 || end < begin) return say(`README.md has no ${markers.join(' … ')}: put them where the plan belongs.`);
  const fresh = `${text.slice(0, begin + markers[0].length)}\n\n${table(lines)}\n${text.slice(end)}`;
  if (fresh === text) return 0;
  if (check) return say('The plan in README.md is stale. Write it anew with: npm run docs');
  writeFileSync(file, fresh);
  return 0;
}

function table(lines: readonly PlanLine[]): string {
  return planTable(lines, planTotals(lines), planNotes(request.spec, []));
}

/** The deployment that the documents show. */
const request = defaultRequest();

function defaultRequest(): DeploymentRequest {
  const read = loadSpec(defaultSpecPath);
  if (!read.ok) throw new Error(`the default spec is not valid: ${JSON.stringify(read.problems)}`);
  const { spec } = read;
  return {
    deploymentId: 'analytics-production-v1.0.0-20261124T020000Z',
    version: 'v1.0.0',
    requester: 'ana',
    planDigest: planDigest(spec),
    spec,
    searchAttributes: false,
    taskQueues: defaultTaskQueues,
  };
}

function say(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}

void writeDocs(process.argv.includes('--check')).then((code) => (process.exitCode = code));
