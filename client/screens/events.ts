import type { Decision, DeploymentReport, DeploymentView, Row } from '../../workflows/runbook/view';
import { hasEnded } from '../follow';
import type { Situation } from '../situation';
import { attestCommand } from './attestations';
import { attentionCommands } from './attention';
import { approveCommand } from './gate';
import { plain, type Look } from './look';
import { openingInWords } from '../../workflows/runbook/windows';
import { clock, shortDigest, stamp, timeOfDay } from './words';

/** Something that happened between two looks; a line on a pipe, an object under `--json`. Times are epoch milliseconds. */
export interface Event {
  readonly at: number;
  readonly event: EventKind;
  /** Step, gate or subject; empty where it is the deployment. */
  readonly id: string;
  readonly text: string;
  /** Which state, outcome or share it is. */
  readonly value?: string | number;
}
export type EventKind =
  | 'started'
  | 'step'
  | 'gate'
  | 'approval'
  | 'attention'
  | 'attestation'
  | 'pause'
  | 'window'
  | 'share'
  | 'unwinding'
  | 'undo'
  | 'decision'
  | 'refusal'
  | 'trouble'
  | 'ended';

/** What is new since the last look, oldest first. */
export function eventsBetween(before: Situation | null, after: Situation, now: number): readonly Event[] {
  const view = after.view ?? lastView(before?.view ?? null, after.report);
  const seenAt = after.view ? now : Math.min(now, after.run.closedAt ?? now);
  const events = [
    ...(view ? viewEvents(before?.view ?? null, view, seenAt) : []),
    ...troubleEvents(before, after, now),
    ...endEvents(before, after, now),
  ];
  return events
    .map((event, place) => ({ event, place }))
    .sort((a, b) => a.event.at - b.event.at || a.place - b.place)
    .map(({ event }) => event);
}

/** A deployment that has ended has no view any more: what happened since the last look is in its report. */
function lastView(view: DeploymentView | null, report: DeploymentReport | null): DeploymentView | null {
  if (!view || !report) return null;
  const { rows, decisions, unlisted, undone, left } = report;
  const undos: DeploymentView['undos'] = [
    ...undone.map((undo) => ({ ...undo, state: 'done' as const, byHand: '' })),
    ...left.map(({ subject, reason, byHand }) => ({ subject, title: subject, state: 'left' as const, note: reason, byHand })),
  ];
  return { ...view, rows, decisions, unlisted, undos, gate: null, attention: null };
}

export function eventLine(look: Look, { at, id, text }: Event): string {
  return plain(look, `${stamp(at)}  ${id ? `${id}  ` : ''}${text}`);
}
export function eventObject({ at, ...event }: Event): Readonly<Record<string, unknown>> {
  return { at: new Date(at).toISOString(), ...event };
}

function viewEvents(before: DeploymentView | null, view: DeploymentView, now: number): readonly Event[] {
  return [
    ...(before ? [] : [started(view)]),
    ...rowEvents(before?.rows ?? [], view.rows, now),
    ...shareEvents(before, view, now),
    ...gateEvents(before, view),
    ...attestationEvents(before, view, now),
    ...attentionEvents(before, view, now),
    ...pauseEvents(before, view, now),
    ...windowEvents(before, view, now),
    ...undoEvents(before, view, now),
    ...newDecisions(before, view).map(({ what, by, at, comment, on }): Event => ({
      at,
      event: 'decision',
      id: '',
      text: `${by}: ${what} ${on}${comment ? ` "${comment}"` : ''}`,
      value: what,
    })),
    ...newOnes(before?.refusals, view.refusals).map((text): Event => ({ at: now, event: 'refusal', id: '', text: `refused: ${text}` })),
  ];
}

/** Those at the end of the list: where too many were taken since the last look, as many of the newest as are still listed. */
function newDecisions(before: DeploymentView | null, { decisions, unlisted }: DeploymentView): readonly Decision[] {
  const more = decisions.length + unlisted - (before ? before.decisions.length + before.unlisted : 0);
  return more <= 0 ? [] : decisions.slice(-more);
}

function started({ startedAt, service, version, environment, requester, planDigest, deploymentId }: DeploymentView): Event {
  return {
    at: startedAt,
    event: 'started',
    id: '',
    text: `${service} ${version} → ${environment}, started by ${requester}, plan ${shortDigest(planDigest)}`,
    value: deploymentId,
  };
}

function rowEvents(before: readonly Row[], rows: readonly Row[], now: number): readonly Event[] {
  const known = new Map(flat(before).map((row) => [row.id, row]));
  return flat(rows).flatMap((row): readonly Event[] => {
    const was = known.get(row.id)?.state ?? 'pending';
    if (was === row.state || row.state === 'pending') return [];
    const note = row.note ? `, ${row.note}` : '';
    const took = row.startedAt !== null && row.endedAt !== null ? ` in ${clock(row.endedAt - row.startedAt)}` : '';
    const words = {
      running: row.window === null ? 'running' : `running, ${clock(row.window)}`,
      done: `done${took}${note}`,
      failed: `FAILED${took}${note}`,
      skipped: `skipped${note}`,
      off: `off${note}`,
    }[row.state];
    const at = (row.state === 'running' ? row.startedAt : row.endedAt) ?? now;
    return [{ at, event: 'step', id: row.id, text: `${row.title}: ${words}`, value: row.state }];
  });
}

/** Sections are told by their steps; a section by itself only where it has none, or where it ends. */
function flat(rows: readonly Row[]): readonly Row[] {
  return rows.flatMap((row) => [...row.children, ...(row.children.length === 0 || row.state === 'failed' ? [row] : [])]);
}

function shareEvents(before: DeploymentView | null, { share, candidate }: DeploymentView, now: number): readonly Event[] {
  if (share === (before?.share ?? 0) || !candidate) return [];
  return [{ at: now, event: 'share', id: '', text: `${share} % of the traffic is set on ${candidate.colour}`, value: share }];
}

function gateEvents(before: DeploymentView | null, view: DeploymentView): readonly Event[] {
  const { gate } = view;
  const was = before?.gate?.digest === gate?.digest ? before?.gate : null;
  if (!gate) return [];
  const opened: Event = {
    at: gate.openedAt,
    event: 'gate',
    id: gate.id,
    text: `waiting: ${gate.title}, needs ${gate.approvals} of ${gate.candidates.join(', ')}; expires ${timeOfDay(gate.expiresAt, gate.openedAt)} (then ${gate.onExpiry}). ${approveCommand({ gate, deploymentId: view.deploymentId })}`,
    value: gate.digest,
  };
  return was ? [] : [opened];
}

/** Those that were opened since: who is asked, until when, and the command. What became of them is told by their lines. */
function attestationEvents(
  before: DeploymentView | null,
  { attestations = [], deploymentId }: DeploymentView,
  now: number,
): readonly Event[] {
  const known = new Set((before?.attestations ?? []).map(({ id, openedAt }) => `${id} ${openedAt}`));
  return attestations
    .filter(({ id, openedAt, state }) => state === 'open' && !known.has(`${id} ${openedAt}`))
    .map(({ id, title, people, owner, dueAt, onExpiry, openedAt }) => ({
      at: openedAt,
      event: 'attestation',
      id,
      text: `to be attested: ${title}, by ${people.join(' or ')} (${owner}) until ${timeOfDay(dueAt, now)} (then ${onExpiry}). ${attestCommand(deploymentId, id)}`,
      value: 'open',
    }));
}

function attentionEvents(before: DeploymentView | null, { attention, deploymentId }: DeploymentView, now: number): readonly Event[] {
  if (!attention || before?.attention?.step === attention.step) return [];
  const { step, title, reason, choices, onDeadline, deadline, since } = attention;
  const commands = choices.map((choice) => attentionCommands[choice](deploymentId, attention)).join(' | ');
  return [
    {
      at: since,
      event: 'attention',
      id: step,
      text: `needs attention: ${title.replace(`${step} `, '')}: ${reason} (${onDeadline} at ${timeOfDay(deadline, now)}). ${commands}`,
    },
  ];
}

function pauseEvents(before: DeploymentView | null, { paused }: DeploymentView, now: number): readonly Event[] {
  const was = before?.paused ?? null;
  if (paused && !was) return [{ at: paused.since, event: 'pause', id: '', text: `paused by ${paused.by}`, value: 'paused' }];
  if (!paused && was) return [{ at: now, event: 'pause', id: '', text: 'resumed', value: 'resumed' }];
  return [];
}

/** What window is waited for, and that one is over before production is through. */
function windowEvents(before: DeploymentView | null, { window }: DeploymentView, now: number): readonly Event[] {
  if (!window) return [];
  const { waiting, opens, closes, why, name } = window;
  const was = before?.window ?? null;
  if (waiting) {
    if (was?.waiting && was.opens === opens) return [];
    return [{ at: now, event: 'window', id: '', text: `waiting for its window: ${openingInWords(window)}; ${why}`, value: 'waiting' }];
  }
  if (!window.isOver || was?.isOver) return [];
  return [{ at: closes, event: 'window', id: '', text: `the window ${name} is over, and production is not through`, value: 'overrun' }];
}

function undoEvents(before: DeploymentView | null, { state, undos }: DeploymentView, now: number): readonly Event[] {
  const begins = (undos.length > 0 || state === 'unwinding') && before?.state !== 'unwinding' && !before?.undos.length;
  // One that waits is told where it says for what: traffic drains.
  const stand = (undo: DeploymentView['undos'][number]) => (undo.state === 'pending' ? `pending ${undo.note}` : undo.state);
  const known = new Map((before?.undos ?? []).map((undo) => [undo.subject, stand(undo)]));
  const words = { pending: 'waits', running: 'running', done: 'done', left: 'LEFT' } as const;
  return [
    ...(begins ? [{ at: now, event: 'unwinding', id: '', text: 'putting everything back, traffic first' } as const] : []),
    ...undos
      .filter((undo) => stand(undo) !== 'pending ' && stand(undo) !== known.get(undo.subject))
      .map(({ subject, title, state: how, note, byHand }): Event => ({
        at: now,
        event: 'undo',
        id: `undo:${subject}`,
        text: `${title}: ${words[how]}${note ? `, ${note}` : ''}${how === 'left' ? `. By hand: ${byHand}` : ''}`,
        value: how,
      })),
  ];
}

/** Troubles are repeated only when their words change: counters in them are not news. */
function troubleEvents(before: Situation | null, { trouble }: Situation, now: number): readonly Event[] {
  const quiet = (text: string) => text.replaceAll(/\d+/g, '#');
  const known = new Set((before?.trouble ?? []).map(quiet));
  return trouble.filter((text) => !known.has(quiet(text))).map((text) => ({ at: now, event: 'trouble', id: '', text }));
}

function endEvents(before: Situation | null, after: Situation, now: number): readonly Event[] {
  if (!hasEnded(after) || (before && hasEnded(before))) return [];
  const { report, run } = after;
  const text = report ? `${report.outcome}: ${report.reason}` : `${run.status}, without a report`;
  return [{ at: run.closedAt ?? now, event: 'ended', id: '', text, value: report?.outcome ?? run.status }];
}

function newOnes(before: readonly string[] | undefined, now: readonly string[]): readonly string[] {
  return now.filter((text) => !before?.includes(text));
}
