import { jsonSchema } from '../../spec/json-schema';
import { tailored } from '../../workflows/runbook/profiles';
import { planTotals, type PlanLine } from '../../workflows/runbook/plan';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import { sections } from '../../workflows/runbook';
import { hoursInWords } from '../../workflows/runbook/windows';
import { numbered } from '../../workflows/runbook/step';
import { nameOf } from '../screens/runbook';
import { count, shortDigest, span, stamp } from '../screens/words';
import type { Coverage, CoveredLine } from './coverage';
import { coveredRisks } from './risks';
import { rulesOf } from './rules';
import type { Registry, Standing } from './stands';

/** The request of a document: the same at any moment and for whoever prints it. */
export function asDocument(request: DeploymentRequest): DeploymentRequest {
  const { spec, version } = request;
  return { ...request, deploymentId: `${spec.service}-${spec.environment}-${version}-TIME`, requester: 'REQUESTER' };
}

/** The runbook as it is performed, with the values of the spec: what the program does and what the document says are the same. */
export function runbookMarkdown(request: DeploymentRequest, plan: readonly PlanLine[], registry: Registry, coverage: Coverage): string {
  const { total, waits, approvals, worstRollback, pointOfNoReturn } = planTotals(plan);
  return [
    `# ${request.spec.service} ${request.version} → ${request.spec.environment}: the runbook as it is performed`,
    '',
    'Printed by `analytics-deploy runbook --markdown` from the script that runs and the spec that it runs by.',
    '',
    `Plan digest ${shortDigest(request.planDigest)}. In all about ${span(total)}, of which waits ${span(waits)}; it needs ${count(approvals, 'approval')}. Worst rollback about ${span(worstRollback)}. Point of no return: ${pointOfNoReturn}.`,
    '',
    ...steps(plan),
    ...limits(request),
    ...windows(request),
    ...named('Messages', 'Each is sent once, with measured facts in every field.', registry.announcement),
    ...named('Who is called', 'One after another, until somebody acknowledges.', registry.contact),
    ...named('Rollback ladder', 'analytics-deploy rollback ID --level LEVEL, at any moment.', registry.level),
    ...named('Monitoring', 'What each signal is known by.', registry.signal),
    ...named('Afterwards', 'Looked after by a workflow of its own.', registry.followup),
    ...named('What people attest', 'The closed list: no machine can look.', registry.attestation),
    ...riskLines(registry),
    ...values(request),
    ...index(coverage),
  ].join('\n');
}

function steps(plan: readonly PlanLine[]): readonly string[] {
  const titles = new Map(sections.map(({ id, title }) => [id, title]));
  const ids = [...new Set(plan.map(({ section }) => section))];
  return ids.flatMap((id) => {
    const lines = plan.filter(({ section }) => section === id);
    const gate = lines.find(({ kind }) => kind === 'gate');
    const title = gate ? `gate: ${gate.title}` : numbered(id, titles.get(id) ?? lines[0]?.title ?? id);
    return [`## ${title}`, '', ...lines.map(step), ''];
  });
}

function step({ id, title, what, kind, takes, waits, undo, ifItFails, notes, beside }: PlanLine): string {
  if (kind === 'off') return `- left out: ${what}`;
  const time = waits > 0 ? span(waits) : takes > 0 ? `about ${span(takes)}` : '';
  const facts = [time, ...notes, undo && `undo: ${undo}`, ifItFails && `if it fails: ${ifItFails}`].filter(Boolean);
  return `- ${beside ? '(side by side) ' : ''}\`${id}\` **${title}**: ${what}${facts.map((fact) => `; ${fact}`).join('')}`;
}

function limits({ spec }: DeploymentRequest): readonly string[] {
  return [
    '## What every watch judges',
    '',
    ...spec.signals.map(
      ({ title, direction, limit, minimum, absence, by }) =>
        `- **${title}**: ${direction} ${Math.round(limit * 1000) / 10} %, from ${minimum} events on${by === undefined ? '' : `, and each ${by} by itself once it is proven`}; no series: ${absence === 'zero' ? 'there were none' : 'no evidence, never a pass'}`,
    ),
    '',
  ];
}

function windows({ spec }: DeploymentRequest): readonly string[] {
  if (!spec.windows) return [];
  const { weekly, peak, freezes, buffer } = spec.windows;
  return [
    '## Windows',
    '',
    ...weekly.map((window) => `- open: ${hoursInWords(window)}`),
    ...(peak && peak.days.length > 0 ? [`- shut: ${hoursInWords(peak)} (peak hours)`] : []),
    ...freezes.map(({ from, to, reason }) => `- frozen from ${stamp(from)} to ${stamp(to)}: ${reason}`),
    `- kept free at the end: ${span(buffer)}`,
    '',
  ];
}

function named(title: string, lead: string, things: ReadonlyMap<string, string>): readonly string[] {
  if (things.size === 0) return [];
  return [`## ${title}`, '', lead, '', ...[...things].map(([name, words]) => `- \`${name}\`: ${words}`), ''];
}

function riskLines(registry: Registry): readonly string[] {
  return [
    '## Risks and what covers them',
    '',
    ...coveredRisks(registry).map(({ title, when, by }) => `- ${title} (${when}): ${by.map(nameOf).join(', ')}`),
    '',
  ];
}

/** All of the spec, also what no line of the source speaks of. */
function values(request: DeploymentRequest): readonly string[] {
  const leaves = rulesOf(tailored(request).spec, jsonSchema()).filter(({ isLeaf }) => isLeaf);
  return [
    '## The values that it goes by',
    '',
    ...leaves.map(({ path, value, meaning }) => `- \`${path}\` **${value}**${meaning && `: ${meaning}`}`),
    '',
  ];
}

function index({ lines }: Coverage): readonly string[] {
  const titles = [...new Set(lines.map(({ section }) => section))];
  return [
    '## Every line of the source, and what stands for it',
    '',
    ...titles.flatMap((title) => [`### ${title}`, '', ...indexed(lines.filter(({ section }) => section === title)), '']),
  ];
}

/** Values are told where they are named first. */
function indexed(lines: readonly CoveredLine[]): readonly string[] {
  const told = new Set<string>();
  const inWords = (standing: Standing): string => {
    const { kind, name, words } = standing;
    if (kind !== 'rule' || words === null || told.has(name)) return nameOf(standing);
    told.add(name);
    return `${nameOf(standing)} (${words})`;
  };
  return lines.map(({ ordinal, label, by }) => `${ordinal}. ${label}: ${by.map(inWords).join(', ')}`);
}
