import { planTotals, type PlanKind, type PlanLine } from '../../workflows/runbook/plan';
import type { Spec } from '../../workflows/runbook/spec';
import { beside, paint, pad, wrap, type Look } from './look';
import { count, shortDigest, span } from './words';

export interface PlanScreen {
  readonly title: string;
  readonly lines: readonly PlanLine[];
  readonly planDigest: string;
  readonly notes: readonly string[];
}

const kinds: Readonly<Record<PlanKind, string>> = {
  lookup: 'look',
  lock: 'lock',
  check: 'check',
  change: 'change',
  'forward-only': 'forward',
  announcement: 'tell',
  gate: 'gate',
  attestation: 'attest',
  window: 'window',
  watch: 'watch',
  'follow-ups': 'begin',
  off: 'off',
};

/** Every line of what will happen: what, how long, what undoes it, what a failure does. */
export function planScreen(look: Look, { title, lines, planDigest, notes }: PlanScreen): readonly string[] {
  const { total, waits, approvals, worstRollback, pointOfNoReturn } = planTotals(lines);
  return [
    paint(look, 'strong', title),
    '',
    ...planLines(look, lines),
    '',
    ...beside(
      ' ',
      `Total about ${span(total)} (waits ${span(waits)}), needs ${count(approvals, 'approval')}. Worst rollback about ${span(worstRollback)}.`,
      look.width,
    ),
    ...beside(' ', `Point of no return: ${pointOfNoReturn}.`, look.width),
    ...notes.flatMap((note) => beside(' ', note, look.width)),
    ` Plan digest ${shortDigest(planDigest)}`,
  ];
}

/** The lines alone, with their heading. */
export function planLines(look: Look, lines: readonly PlanLine[]): readonly string[] {
  const heading = ` ${pad('step', 24)} ${pad('kind', 8)} ${pad('takes', 7)}  what`;
  return [paint(look, 'faint', heading), ...lines.flatMap((line) => planLine(look, line))];
}

function planLine(
  look: Look,
  { id, title, what, kind, takes, waits, undo, ifItFails, notes, beside: parallel }: PlanLine,
): readonly string[] {
  const name = `${parallel ? '+ ' : ''}${id}`;
  const time = waits > 0 ? span(waits) : takes > 0 ? `~${span(takes)}` : '';
  const more = [...(kind === 'off' ? [] : [what]), undo && `undo: ${undo}`, ifItFails && `if it fails: ${ifItFails}`, ...notes].filter(
    Boolean,
  );
  return [
    ...beside(` ${pad(name, 24)} ${pad(kinds[kind], 8)} ${pad(time, 7)}  `, kind === 'off' ? `${title}: off, ${what}` : title, look.width),
    ...wrap(more.join(look.unicode ? ' · ' : ' | '), look.width - 6).map((line) => paint(look, 'faint', `      ${line}`)),
  ];
}

/** What the plan cannot show by itself, in sentences. */
export function planNotes(
  {
    flags,
    production,
    links = [],
  }: {
    readonly flags?: { readonly rollout?: { readonly name: string; readonly percentage: number } };
    readonly production: { readonly service: string };
    readonly links?: Spec['links'];
  },
  overrides: readonly string[],
): readonly string[] {
  return [
    ...(flags?.rollout
      ? [`${flags.rollout.name} stays ${flags.rollout.percentage}: the application reads it by itself, and the ramp does not raise it.`]
      : []),
    `Callers inside the cluster are not ramped: they follow Service ${production.service}, whose selector moves as a step of its own after 100 %.`,
    'What is unresolved here (commit, image digest, colours, replicas) is resolved by the worker when it starts; approvals are given for that digest.',
    ...(links.length > 0 ? [`Documents: ${links.map(({ title, url }) => `${title} ${url}`).join(', ')}.`] : []),
    ...(overrides.length > 0 ? [`Overrides used: ${overrides.join(', ')}.`] : []),
  ];
}
