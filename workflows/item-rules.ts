/** Attesting what no machine can look at, and waiving: lines of the checklist that failed, and attestations. */
import type { OpenAttestation, OpenQuestion, Waiver } from './desk-state';
import type { Ending } from './endings';
import type { ItemMessage, WaiveMessage } from './messages';
import type { Rule } from './reception';
import type { Spec } from './runbook/spec';
import { nothing, said } from './words';
import { utc } from './runbook/words';

/** What the items know and change: part of the state of every workflow that asks for attestations. */
export interface ItemState {
  readonly request: { readonly spec: Pick<Spec, 'attestations' | 'off' | 'roles' | 'gates'> };
  readonly questions: readonly OpenQuestion[];
  readonly attestations: OpenAttestation[];
  readonly waived: Waiver[];
  readonly ending: Ending | null;
}

/** A waiver is for a time; one for longer than a year is a decision about the spec. */
const longestWaiver = 366 * 24 * 60 * 60 * 1000;

export const attest: Rule<ItemState, ItemMessage> = {
  description: 'Attest what no machine can look at. Input: { item, by, comment?, requestId }',
  refuses(state, { item, by }) {
    const closed = refusesWhileEnding(state, 'Not attested');
    if (closed !== null) return closed;
    const attestation = openAttestation(state, item);
    if (!attestation) return notOpen(state, item, 'Not attested', openIds(state));
    return attestation.people.includes(by)
      ? null
      : `Not attested: "${by}" does not hold the role ${attestation.owner}, which answers for ${item}. Ask ${orNobody(attestation.people)}.`;
  },
  takes(state, { item, by, comment }) {
    const attestation = openAttestation(state, item);
    if (!attestation) return nothing('It is settled already.');
    Object.assign(attestation, { state: 'attested', by, at: Date.now(), note: comment ?? '' });
    const left = openIds(state);
    return { answer: `Attested: ${attestation.title}.${left.length > 0 ? ` Still open: ${left.join(', ')}.` : ''}`, decision: item };
  },
};

export const waive: Rule<ItemState, WaiveMessage> = {
  description: 'Let a failed line of the checklist or an attestation pass, for a time. Input: { item, by, comment, until, requestId }',
  refuses(state, { item, by, comment, until }) {
    const closed = refusesWhileEnding(state, 'Not waived');
    if (closed !== null) return closed;
    const attestation = openAttestation(state, item);
    if (!attestation && !failedLine(state, item)) return notOpen(state, item, 'Not waived', [...failedIds(state), ...openIds(state)]);
    if (!comment?.trim()) return 'Not waived: a waiver needs its reason. Add --comment "why".';
    const end = endOf(until);
    if (end === null) return 'Not waived: a waiver ends. Say when: --until 2026-12-31, or a time such as 2026-12-31T12:00:00Z.';
    if (end <= Date.now()) return `Not waived: ${until} is over. Name a later day: --until YYYY-MM-DD.`;
    if (end > Date.now() + longestWaiver)
      return 'Not waived: a waiver lasts at most a year. What never applies is switched off in the spec.';
    const people = whoMayWaive(state, attestation);
    return people.includes(by) ? null : `Not waived: "${by}" may not waive ${item}. Ask ${orNobody(people)}.`;
  },
  takes(state, { item, by, comment = '', until }) {
    const waiver: Waiver = { item, by, comment: comment.trim(), until: endOf(until) };
    const attestation = openAttestation(state, item);
    const found = failedLine(state, item);
    if (!attestation && !found) return nothing('It is settled already.');
    keep(state, waiver);
    if (attestation) Object.assign(attestation, { state: 'waived', by, at: Date.now(), note: waiver.comment, until: waiver.until });
    if (found) {
      found.line.waived = waiverWords(waiver);
      // Nothing is left to ask.
      if (found.question.view.lines?.every(({ waived }) => waived !== null)) found.question.answer = { kind: 'waive', by, comment };
    }
    return { answer: `Waived: ${waiverWords(waiver)}.`, decision: item };
  },
};

/** Records a waiver; an earlier one of the same item counts no more. */
export function keep(state: Pick<ItemState, 'waived'>, waiver: Waiver): void {
  drop(state, waiver.item);
  state.waived.push(waiver);
}
export function drop({ waived }: Pick<ItemState, 'waived'>, item: string): void {
  const at = waived.findIndex((waiver) => waiver.item === item);
  if (at >= 0) waived.splice(at, 1);
}

/** An ended waiver counts as none. */
export function isOver({ until }: Pick<Waiver, 'until'>): boolean {
  return until !== null && until <= Date.now();
}

export function waiverWords({ item, by, comment, until }: Waiver): string {
  const end = until === null ? 'for this deployment' : `until ${utc(until)}`;
  return `${item} waived by ${by} ${end}${said(comment)}`;
}

/** The end of a waiver in epoch milliseconds: a date means the whole of its day in UTC. Null for what is none. */
function endOf(until: string): number | null {
  if (/^\d{4}-\d\d-\d\d$/.test(until)) return real(Date.parse(`${until}T00:00:00Z`) + 24 * 60 * 60 * 1000);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(until) ? real(Date.parse(until)) : null;
}
const real = (time: number): number | null => (Number.isFinite(time) ? time : null);

/** Those who may approve the release, and for an attestation those who answer for it. */
function whoMayWaive({ request: { spec } }: ItemState, attestation: OpenAttestation | undefined): readonly string[] {
  const approvers = spec.gates.production.roles.flatMap((role) => spec.roles[role] ?? []);
  return [...new Set([...(attestation?.people ?? []), ...approvers])];
}

function refusesWhileEnding({ ending }: ItemState, not: string): string | null {
  return ending ? `${not}: the deployment is ending. ${ending.reason}` : null;
}
function openAttestation({ attestations }: ItemState, item: string): OpenAttestation | undefined {
  return attestations.find(({ id, state }) => id === item && state === 'open');
}
function openIds({ attestations }: ItemState): readonly string[] {
  return attestations.filter(({ state }) => state === 'open').map(({ id }) => id);
}
function failedLine({ questions }: ItemState, item: string) {
  for (const question of questions.filter(({ answer }) => answer === null)) {
    const line = question.view.lines?.find(({ id, waived }) => id === item && waived === null);
    if (line) return { question, line };
  }
  return null;
}
function failedIds({ questions }: ItemState): readonly string[] {
  const lines = questions.filter(({ answer }: OpenQuestion) => answer === null).flatMap(({ view }) => view.lines ?? []);
  return lines.filter(({ waived }) => waived === null).map(({ id }) => id);
}
function notOpen({ attestations, waived }: ItemState, item: string, not: string, open: readonly string[]): string {
  const settled = attestations.find(({ id }) => id === item);
  const waiver = waived.find((candidate) => candidate.item === item);
  const why = settled
    ? `${item} is ${settled.state}${settled.by === null ? '' : ` by ${settled.by}`} already`
    : waiver
      ? `${waiverWords(waiver)} already`
      : `"${item}" is not open`;
  return `${not}: ${why}${open.length > 0 ? `, open ${open.length === 1 ? 'is' : 'are'} ${open.join(', ')}` : ''}. See "analytics-deploy status".`;
}
const orNobody = (people: readonly string[]): string => (people.length > 0 ? people.join(' or ') : 'nobody: the spec names none');
