import type { Row } from '../../workflows/runbook/view';
import { messageFrom } from '../acts/message';
import type { Context } from '../command';
import { sendMessage } from '../send-message';
import type { Situation } from '../situation';
import type { Engine, Run } from '../temporal/engine';
import { span } from '../screens/words';
import type { KeyAction } from './keys';

/** By how much a watch is extended where its own length is not known. */
const usualExtension = 5 * 60_000;

/** What can be pressed while a deployment runs. */
export function usualActions(context: Context, engine: Engine, run: Run, { view }: Situation): readonly KeyAction[] {
  const send = async (name: 'abort' | 'pause' | 'resume') => (await sendMessage(engine, run, name, messageFrom(context, name))).answer;
  const abort: KeyAction = { key: 'a', label: 'abort', confirm: 'Abort and put everything back, traffic first?', act: () => send('abort') };
  // Nothing holds up putting things back; one more abort makes it less demanding.
  if (view?.state === 'unwinding') return [abort];
  const watch = view ? runningWatch(view.rows) : null;
  const more = watch?.planned ?? usualExtension;
  return [
    abort,
    view?.paused ? { key: 'p', label: 'resume', act: () => send('resume') } : { key: 'p', label: 'pause', act: () => send('pause') },
    ...(watch
      ? [
          {
            key: 'e',
            label: `extend by ${span(more)}`,
            act: async () => (await sendMessage(engine, run, 'extend', { ...messageFrom(context, 'extend'), more })).answer,
          },
        ]
      : []),
  ];
}

function runningWatch(rows: readonly Row[]): Row | null {
  return rows.flatMap(({ children }) => children).find(({ state, window }) => state === 'running' && window !== null) ?? null;
}
