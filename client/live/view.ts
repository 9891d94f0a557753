import { createLogUpdate } from 'log-update';
import { linkTo } from '../acts/links';
import type { WatchOptions } from '../acts/watch';
import { readWatched } from '../acts/watched';
import type { Context } from '../command';
import { follow, hasEnded } from '../follow';
import { Problem } from '../problems';
import { addToTrend, type Trend } from '../screens/bars';
import { deploymentLines } from '../screens/deployment';
import { keyLines, type Pressable } from '../screens/keys';
import { paint, plain, type Look } from '../screens/look';
import type { Watched } from '../screens/signals';
import { withoutViewLines } from '../screens/without-worker';
import type { Situation } from '../situation';
import type { Engine, Run } from '../temporal/engine';
import { usualActions } from './actions';
import { listenForKeys, type KeyAction } from './keys';

/** The clock on the screen goes on between two looks. */
const redrawEvery = 500;

/** The live view: redrawn in place, with keys. Answers with the last situation seen. */
export async function watchLive(context: Context, engine: Engine, run: Run, options: WatchOptions): Promise<Situation | null> {
  const leave = new AbortController();
  const signal = AbortSignal.any([context.interrupted, leave.signal]);
  const screen = openScreen(context, engine, run);
  const desk = openDesk(screen, () => leave.abort(), options.leave ?? 'leave it running');
  const stopKeys = listenForKeys(desk.press);
  const ticking = setInterval(screen.draw, redrawEvery);
  let last: Situation | null = null;
  let trend: Trend = {};
  try {
    for await (const situation of follow(engine, run, { signal, ...(options.every === undefined ? {} : { every: options.every }) })) {
      trend = addToTrend(trend, last?.tally ?? null, situation.tally);
      last = situation;
      if (hasEnded(situation)) break;
      desk.offer([...(options.extraKeys?.(situation) ?? []), ...usualActions(context, engine, run, situation)]);
      screen.show(situation, await readWatched(engine, situation, trend));
      options.onLook?.(situation);
    }
    return last;
  } finally {
    clearInterval(ticking);
    stopKeys();
    screen.close(last !== null && hasEnded(last));
  }
}

interface Screen {
  readonly show: (situation: Situation, watched: Watched | null) => void;
  /** A word below the screen: a question, or an answer. */
  readonly tell: (text: string) => void;
  readonly keys: (keys: readonly Pressable[]) => void;
  readonly draw: () => void;
  /** Leaves the last picture, or makes room for the report. */
  readonly close: (ended: boolean) => void;
}

function openScreen(context: Context, engine: Engine, run: Run): Screen {
  const update = createLogUpdate(process.stdout);
  const link = linkTo(engine, run, context);
  let shown: { readonly situation: Situation; readonly watched: Watched | null } | null = null;
  let word = '';
  let keys: readonly Pressable[] = [];
  const draw = () => {
    if (!shown) return;
    const look: Look = { ...context.out.look, width: Math.max(40, process.stdout.columns || context.out.look.width) };
    const lines = [
      ...linesOf(look, shown.situation, shown.watched, link, keys, Math.max(8, (process.stdout.rows || 1_000) - (word ? 3 : 1))),
      ...(word ? ['', paint(look, 'strong', plain(look, word))] : []),
    ];
    // Lines that are longer, such as links, are wrapped by the terminal's own width.
    update(lines.join('\n'));
  };
  return {
    show(situation, watched) {
      shown = { situation, watched };
      draw();
    },
    tell(text) {
      word = text;
      draw();
    },
    keys: (now) => void (keys = now),
    draw,
    close(ended) {
      if (ended) update.clear();
      update.done();
    },
  };
}

function linesOf(
  look: Look,
  situation: Situation,
  watched: Watched | null,
  link: string | null,
  keys: readonly Pressable[],
  height: number,
): readonly string[] {
  const now = Date.now();
  const { view, trouble } = situation;
  if (view) return deploymentLines(look, { view, watched, trouble, link, keys, now, height });
  return [...withoutViewLines(look, situation, now), '', ...keyLines(look, keys)].map((line) => plain(look, line));
}

interface KeyDesk {
  readonly offer: (actions: readonly KeyAction[]) => void;
  readonly press: (key: string) => void;
}

/** Which key does what now, and whether a question is open. */
function openDesk(screen: Screen, leave: () => void, leaveLabel: string): KeyDesk {
  let actions: readonly KeyAction[] = [];
  let asked: KeyAction | null = null;
  const perform = (action: KeyAction) => {
    screen.tell(`${action.label} …`);
    action
      .act()
      .then(screen.tell, (error: unknown) =>
        screen.tell(error instanceof Problem || error instanceof Error ? error.message : String(error)),
      );
  };
  return {
    offer(now) {
      actions = now;
      screen.keys([...now, { key: 'q', label: leaveLabel }]);
    },
    press(key) {
      if (asked) {
        const action = asked;
        asked = null;
        if (key === 'y') perform(action);
        else screen.tell('Nothing was sent.');
        return;
      }
      if (key === 'q') {
        leave();
        return;
      }
      const action = actions.find((candidate) => candidate.key === key);
      if (!action) return;
      if (action.confirm === undefined) {
        perform(action);
        return;
      }
      asked = action;
      screen.tell(`${action.confirm} y = yes, any other key = no`);
    },
  };
}
