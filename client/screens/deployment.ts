import { whatItIs } from '../../workflows/runbook/report/outcomes';
import { numbered } from '../../workflows/runbook/step';
import type { DeploymentView } from '../../workflows/runbook/view';
import { attestationLines } from './attestations';
import { attentionLines } from './attention';
import { alarmLines, undelivered } from './called';
import { shareBar } from './bars';
import { gateLines } from './gate';
import { keyLines, type Pressable } from './keys';
import { windowLines } from './window';
import { arrow, beside, columns, dot, mark, paint, plain, wrap, type Look } from './look';
import { rowLines, rowLinesInShort } from './rows';
import { signalLines, type Watched } from './signals';
import { clock, percent, thousands, timeOfDay } from './words';

export interface DeploymentScreen {
  readonly view: DeploymentView;
  /** Of the watch that runs. */
  readonly watched: Watched | null;
  readonly trouble: readonly string[];
  readonly link: string | null;
  /** Keys that do something here; empty where nobody can press any. */
  readonly keys: readonly Pressable[];
  readonly now: number;
  /** Lines of the terminal; absent where it can scroll. */
  readonly height?: number;
}

/** Where are we, is it healthy, what happens if I stop now, what can I press. */
export function deploymentLines(look: Look, screen: DeploymentScreen): readonly string[] {
  const shown = { ...screen, view: readable(look, screen.view) };
  const { height = Infinity } = screen;
  const whole = layOut(look, shown, false);
  if (rowsOf(look, whole) <= height) return whole;
  const compact = layOut(look, shown, true);
  if (rowsOf(look, compact) <= height) return compact;
  // The head says where we are, the tail what can be pressed: both stay.
  const head = compact.slice(0, Math.min(3, height - 1));
  let tail = compact.slice(head.length);
  while (tail.length > 0 && rowsOf(look, [...head, ...tail]) + 1 > height) tail = tail.slice(1);
  return [...head, mark(look, 'more'), ...tail];
}

/** Rows that lines take on the screen: the terminal breaks what is longer than it is wide. */
function rowsOf({ width }: Look, lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(columns(line) / width)), 0);
}

/** Texts are made readable before they are laid out: in ASCII some signs take more columns. */
function readable(look: Look, view: DeploymentView): DeploymentView {
  return look.unicode ? view : (JSON.parse(plain(look, JSON.stringify(view))) as DeploymentView);
}

/** @param compact only what is under way, and what must be decided. */
function layOut(look: Look, screen: DeploymentScreen, compact: boolean): readonly string[] {
  const { view, watched, trouble, link, keys, now } = screen;
  const parts: readonly (readonly string[])[] = [
    [...headLines(look, view, now), ...trafficLines(look, screen)],
    (compact ? rowLinesInShort : rowLines)(look, view.rows, now, (row) =>
      watched && row.state === 'running' && row.window !== null ? signalLines(look, watched).map((line) => `         ${line}`) : [],
    ),
    view.gate ? gateLines(look, { ...view, gate: view.gate }, now, compact) : [],
    view.window ? windowLines(look, view.window, now) : [],
    attestationLines(look, view.deploymentId, view.attestations ?? [], now, compact),
    view.attention ? attentionLines(look, view.deploymentId, view.attention, now) : [],
    alarmLines(look, view.deploymentId, view.alarms ?? [], now),
    compact && view.gate ? [] : undoLines(look, view),
    stateLines(look, view, now),
    [
      ...trouble.map((line) => `${mark(look, 'warning')} ${line}`),
      ...view.refusals.map((line) => `refused: ${line}`),
      ...undelivered(view.notices ?? []),
    ].flatMap((line) => wrap(line, look.width).map((part) => paint(look, 'warn', part))),
    [...keyLines(look, keys), ...(link && !compact ? [paint(look, 'faint', link)] : [])],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .flatMap((lines, place) => (place === 0 || compact ? lines : ['', ...lines]))
    .map((line) => plain(look, line));
}

function headLines(
  look: Look,
  { service, version, rollback, environment, rows, startedAt, endsAt, window }: DeploymentView,
  now: number,
): readonly string[] {
  const running = rows.find(({ state }) => state === 'running');
  const what = whatItIs({ service, version, ...(rollback ? { rollback } : {}) });
  const title = paint(look, 'strong', `${what} ${arrow(look)} ${environment}`);
  const place = running ? numbered(running.id, running.title) : '';
  const time = `${clock(now - startedAt)} gone${endsAt === null ? '' : `, ends ≈ ${timeOfDay(endsAt, now)}`}${window && !window.waiting ? `, window closes ${timeOfDay(window.closes, now)}` : ''}`;
  const whole = [title, place, time].filter((part) => part !== '').join('      ');
  return columns(whole) <= look.width ? [whole] : [title, ...wrap(`${place}${place ? '   ' : ''}${time}`, look.width)];
}

function trafficLines(look: Look, { view: { candidate, live, share }, watched }: DeploymentScreen): readonly string[] {
  if (!candidate || !live) return [];
  const split = watched?.tally.split;
  const served =
    split && split.among > 0 ? `${dot(look)}${percent(split.part / split.among)} of ${thousands(split.among)} requests served` : '';
  const bar = `${candidate.colour} ${candidate.image} ${paint(look, 'accent', shareBar(look, share))} ${live.colour} ${live.image}`;
  const numbers = `${share} % set${served}`;
  const whole = `${bar}     ${numbers}`;
  return columns(whole) <= look.width
    ? [whole]
    : [bar, `${' '.repeat(columns(candidate.colour) + columns(candidate.image) + 2)}${numbers}`];
}

/** Before it unwinds: what would be put back. While it does: how far it is. */
function undoLines(look: Look, { state, ifStoppedNow, undos }: DeploymentView): readonly string[] {
  if (state === 'unwinding') {
    return [
      'Putting back, traffic first:',
      ...undos.flatMap(({ title, state: how, note }) =>
        beside(`  ${mark(look, how === 'left' ? 'failed' : how)} `, note ? `${title}: ${note}` : title, look.width),
      ),
    ];
  }
  const what = ifStoppedNow.length > 0 ? ifStoppedNow.join(', ') : 'nothing to put back';
  return beside('If stopped now: ', what, look.width);
}

function stateLines(look: Look, { paused, rollback }: DeploymentView, now: number): readonly string[] {
  if (!paused) return [];
  const { by, since, until } = paused;
  const end =
    until === undefined ? '' : ` Unless it is resumed by ${timeOfDay(until, now)} ${rollback ? 'it goes on' : 'everything is put back'}.`;
  const words = `Paused by ${by} for ${clock(now - since)}: traffic stays where it is, the rest of a watch is kept.${end}`;
  return wrap(words, look.width).map((line) => paint(look, 'warn', line));
}
