import type { DeskState } from './desk-state';
import type { Ending } from './endings';
import type { Message } from './messages';
import type { Rule, Taken } from './reception';
import type { EndingKind } from './runbook/failures';
import { nothing, said } from './words';

export function never(): null {
  return null;
}
/** Everything is put back on a person's word: needs nothing but the deployment, and is never refused. */
export function ends(kind: EndingKind, description: string, decision: string, done: string): Rule<DeskState, Message> {
  return {
    description: `${description} Always taken. Input: { by, comment?, requestId }`,
    refuses: never,
    takes: (state, { by, comment }) =>
      state.ending
        ? hurry(state, state.ending, by)
        : {
            answer: `${done}: everything is being put back, traffic first.`,
            decision,
            ending: { kind, by, reason: `${done} by ${by}${said(comment)}.` },
          },
  };
}
/** The way back is on already: a person's word makes it less demanding, and what waits for a person is tried again. */
function hurry(state: DeskState, ending: Ending, by: string): Taken {
  state.hurried = true;
  for (const question of state.questions) question.answer ??= { kind: 'retry', by, comment: '' };
  return nothing(`Already ending: ${ending.reason}`);
}
