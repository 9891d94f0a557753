import { planTotals, type PlanLine } from '../../workflows/runbook/plan';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import { sections } from '../../workflows/runbook';
import { hoursInWords } from '../../workflows/runbook/windows';
import { numbered } from '../../workflows/runbook/step';
import { nameOf } from '../screens/runbook';
import { count, shortDigest, span, stamp } from '../screens/words';
import type { Coverage } from './coverage';
import { coveredRisks } from './risks';
import type { Registry } from './stands';

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
      ({ title, direction, limit, minimum, absence }) =>
        `- **${title}**: ${direction} ${Math.round(limit * 1000) / 10} %, from ${minimum} events on; no series: ${absence === 'zero' ? 'there were none' : 'no evidence, never a pass'}`,
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

function index({ lines }: Coverage): readonly string[] {
  const titles = [...new Set(lines.map(({ section }) => section))];
  return [
    '## Every line of the source, and what stands for it',
    '',
    ...titles.flatMap((title) => [
      `### ${title}`,
      '',
      ...lines
        .filter(({ section }) => section === title)
        .map(({ ordinal, label, by }) => `${ordinal}. ${label}: ${by.map(nameOf).join(', ')}`),
      '',
    ]),
  ];
}
