import { nothing, said } from './words';
import { unpause, type DeskState, type OpenGate, type OpenQuestion } from './desk-state';
import type { Ending } from './endings';
import { ladder } from './desk-ladder';
import { ends, never } from './desk-endings';
import { attest, waive } from './item-rules';
import type { GateMessage, MessageName, Messages, StepMessage } from './messages';
import { isLevel, rollbackLevels } from './runbook/rollback/level';
import { stillToApprove } from './runbook/view';
import type { Rule, Taken } from './reception';

/** Fewer characters of a digest name nothing. */
const leastDigest = 7;
const longestExtension = 24 * 60 * 60 * 1000;

export const rules: { readonly [Name in MessageName]: Rule<DeskState, Messages[Name]> } = {
  approve: {
    description: 'Approve what an open gate shows. Input: { gate, digest, by, comment?, requestId }',
    refuses: refusesApproval,
    takes({ gate }, { by, comment }) {
      if (!gate) return nothing('The gate is closed.');
      gate.approved.push({ by, at: Date.now(), comment: comment ?? '' });
      const missing = gate.approvals - gate.approved.length;
      return {
        answer:
          missing > 0
            ? `Approved. Gate "${gate.title}" has ${gate.approved.length} of ${gate.approvals}.`
            : `Approved. Gate "${gate.title}" is passed.`,
        decision: `gate ${gate.id} ${gate.digest.slice(0, 12)}`,
      };
    },
  },
  reject: {
    description:
      'Reject what an open gate shows: the deployment ends, everything is put back. Input: { gate, digest, by, comment?, requestId }',
    refuses: (state, message) => refusesGate(state, message, 'Not rejected') ?? refusesRole(state, message.by, 'Not rejected', true),
    takes({ gate }, { by, comment }) {
      if (!gate) return nothing('The gate is closed.');
      return {
        answer: 'Rejected. What was changed is being put back.',
        decision: `gate ${gate.id} ${gate.digest.slice(0, 12)}`,
        ending: { kind: 'rejected', by, reason: `Gate "${gate.title}" was rejected by ${by}${said(comment)}.` },
      };
    },
  },
  retry: {
    description: 'Try a step that needs attention again. Input: { step, by, comment?, requestId }',
    refuses: (state, message) => refusesAnswer(state, message, 'retry'),
    takes: (state, message) => answer(state, message, 'retry', 'is tried again'),
  },
  skip: {
    description: 'Skip a step that needs attention, or give up an undo, with a reason. Input: { step, by, comment, requestId }',
    refuses(state, message) {
      if (!message.comment?.trim()) return `Not skipped: a skip needs its reason. Add --comment "why".`;
      return openUndo(state, message.step) ? null : refusesAnswer(state, message, 'skip');
    },
    takes(state, message) {
      const undo = openUndo(state, message.step);
      state.waivers.push(`${message.step} skipped by ${message.by}${said(message.comment)}`);
      if (!undo) return answer(state, message, 'skip', 'is skipped');
      undo.skippedBy = message.by;
      const question = openQuestion(state, message.step);
      if (question) question.answer = { kind: 'skip', by: message.by, comment: message.comment ?? '' };
      return { answer: `${message.step} is given up: finish it by hand with: ${undo.byHand}`, decision: message.step };
    },
  },
  adopt: {
    description: 'Take the value that somebody else has set as it is, and go on from it. Input: { step, by, comment?, requestId }',
    refuses: (state, message) => refusesAnswer(state, message, 'adopt'),
    takes: (state, message) => answer(state, message, 'adopt', 'goes on from what was found'),
  },
  attest,
  waive,
  extend: {
    description: 'Make the running watch longer. Input: { more (milliseconds), by, comment?, requestId }',
    refuses({ watching, ending }, { more }) {
      if (ending) return 'Not extended: the deployment is being put back.';
      if (watching === null) return 'Not extended: no watch is running. See "analytics-deploy status".';
      if (!Number.isInteger(more) || more <= 0 || more > longestExtension)
        return 'Not extended: say by how much, at most 24 h. Example: --by 5m';
      return null;
    },
    takes(state, { more }) {
      state.extension += more;
      return { answer: `The watch is ${Math.round(more / 1000)} s longer.`, decision: state.watching ?? '' };
    },
  },
  abort: ends('aborted', 'Stop and put everything back.', 'deployment', 'Aborted'),
  rollback: {
    description:
      'Roll back: as abort, recorded as a decision on the release; a deployment takes it always, a rollback never. With a level a rung of the ladder. Input: { by, comment?, requestId, level?, then? }',
    refuses(state, { level = 'traffic', ...message }) {
      return isLevel(level)
        ? ladder[level].refuses(state, { ...message, level })
        : `Not rolled back: "${String(level)}" is no level, it is one of ${rollbackLevels.join(', ')}.`;
    },
    takes: (state, message) => ladder[message.level ?? 'traffic'].takes(state, message),
  },
  pause: {
    description: 'Hold where it is: traffic stays, the rest of a watch is kept. Always taken. Input: { by, comment?, requestId }',
    refuses: never,
    takes(state, { by }) {
      if (state.ending) return nothing(`Not paused: nothing holds up putting things back. ${state.ending.reason}`);
      if (state.paused) return nothing(`Already paused by ${state.paused.by}.`);
      state.paused = { by, since: Date.now() };
      return { answer: 'Paused. Traffic stays where it is; "analytics-deploy resume" goes on.', decision: 'deployment' };
    },
  },
  resume: {
    description: 'Go on after a pause. Input: { by, comment?, requestId }',
    refuses({ paused, ending }) {
      if (ending) return `Not resumed: the deployment is ending. ${ending.reason}`;
      return paused ? null : 'Not resumed: it is not paused.';
    },
    takes(state) {
      unpause(state);
      return { answer: 'Resumed.', decision: 'deployment' };
    },
  },
  handover: {
    description: 'Stop writing at once and leave the rest to people. Input: { by, comment?, requestId }',
    refuses: never,
    takes(state, { by, comment }) {
      if (state.handedOver) return nothing('Already handed over.');
      const ending: Ending = { kind: 'handed-over', by, reason: `Handed over to ${by}${said(comment)}.` };
      state.handedOver = ending;
      return { answer: 'Handed over. Nothing more is written; the report lists what is left.', decision: 'deployment', ending };
    },
  },
  ack: {
    description: 'Say that you are at it: nobody else is called. Input: { by, comment?, requestId }',
    refuses({ alarms }) {
      if (alarms.length === 0) return 'Not acknowledged: nobody is being called. See "analytics-deploy status".';
      const [first] = alarms;
      return first && alarms.every(({ acknowledged }) => acknowledged !== null)
        ? `Not acknowledged again: ${first.acknowledged?.by ?? 'somebody'} has acknowledged already.`
        : null;
    },
    takes({ alarms }, { by }) {
      const open = alarms.filter(({ acknowledged }) => acknowledged === null);
      for (const alarm of open) alarm.acknowledged = { by, at: Date.now() };
      const titles = open.map(({ title }) => title).join(', ');
      return { answer: `Acknowledged: nobody else is called for ${titles}. What it waits for, it still waits for.`, decision: titles };
    },
  },
  supersede: {
    description: 'End a deployment that has not touched production, for another one. Input: { by, comment?, requestId }',
    refuses({ ending, touchedProduction }) {
      if (ending) return `Not superseded: it is ending already. ${ending.reason}`;
      return touchedProduction() ? 'Not superseded: it has touched production. Finish it, or abort it first.' : null;
    },
    takes: (_, { by, comment }) => ({
      answer: 'Superseded. What was changed is being put back.',
      decision: 'deployment',
      ending: { kind: 'superseded', by, reason: `Superseded by ${by}${said(comment)}.` },
    }),
  },
};

function refusesApproval(state: DeskState, message: GateMessage): string | null {
  const atGate = refusesGate(state, message, 'Not approved');
  if (atGate !== null || !state.gate) return atGate;
  const { gate, request } = state;
  if (message.by === request.requester)
    return `Not approved: you started this deployment (${message.by}). ${standing(gate)} ${whomToAsk(gate)}`;
  if (gate.approved.some(({ by }) => by === message.by))
    return `Not approved again: you have approved already. ${standing(gate)} ${whomToAsk(gate)}`;
  return refusesRole(state, message.by, 'Not approved', false);
}

function refusesGate({ gate, ending }: DeskState, { gate: id, digest }: GateMessage, not: string): string | null {
  if (ending) return `${not}: the deployment is ending. ${ending.reason}`;
  if (!gate) return `${not}: no gate is open. See "analytics-deploy status".`;
  if (gate.id !== id) return `${not}: gate "${id}" is not open, "${gate.id}" is.`;
  if (typeof digest !== 'string' || digest.length < leastDigest)
    return `${not}: name the digest that you looked at: --digest ${gate.digest.slice(0, 12)}`;
  if (!gate.digest.startsWith(digest))
    return `${not}: the release is now ${gate.digest.slice(0, 12)}, not ${digest.slice(0, 12)}. Look again with "analytics-deploy status".`;
  return null;
}

function refusesRole({ gate, request }: DeskState, by: string, not: string, requesterToo: boolean): string | null {
  if (!gate || (requesterToo && by === request.requester)) return null;
  return rolesOf(request.spec.roles, gate.roles, by).length > 0
    ? null
    : `${not}: "${by}" is in none of the roles ${gate.roles.join(', ')}. ${standing(gate)} ${whomToAsk(gate)}`;
}

function rolesOf(roles: Readonly<Record<string, readonly string[]>>, wanted: readonly string[], name: string): readonly string[] {
  return wanted.filter((role) => roles[role]?.includes(name));
}

function standing({ title, approvals, roles, approved }: OpenGate): string {
  const who =
    approved.length === 0
      ? 'nobody has approved yet'
      : `${approved.map(({ by }) => by).join(', ')} ${approved.length === 1 ? 'has' : 'have'} approved`;
  return `Gate "${title}" needs ${approvals} of: ${roles.join(', ')}; ${who}.`;
}
function whomToAsk(gate: OpenGate): string {
  return `Ask ${stillToApprove(gate).join(' or ')}.`;
}

/** What a person may say to a step that needs attention. */
type Answering = 'retry' | 'skip' | 'adopt';

function openQuestion({ questions }: DeskState, step: string): OpenQuestion | undefined {
  return questions.find((question) => question.view.step === step && question.answer === null);
}
function openUndo({ undos }: DeskState, step: string): DeskState['undos'][number] | undefined {
  return undos.find(
    ({ subject, state, skippedBy }) => `undo:${subject}` === step && skippedBy === null && (state === 'pending' || state === 'running'),
  );
}

function refusesAnswer(state: DeskState, { step }: StepMessage, kind: Answering): string | null {
  const question = openQuestion(state, step);
  if (question?.view.choices.includes(kind)) return null;
  if (question) {
    const lines = question.view.lines
      ? ' A line that failed is let pass by those who may, for a time: waive --item ID --until YYYY-MM-DD.'
      : '';
    return `Not taken: ${step} can be answered with ${question.view.choices.join(' or ')}.${lines}`;
  }
  const open = state.questions.filter(({ answer: given }) => given === null).map(({ view }) => view.step);
  return `Not taken: step "${step}" does not need attention${open.length > 0 ? `, ${open.join(', ')} does` : ''}. See "analytics-deploy status".`;
}

function answer(state: DeskState, { step, by, comment }: StepMessage, kind: Answering, does: string): Taken {
  const question = openQuestion(state, step);
  if (question) question.answer = { kind, by, comment: comment ?? '' };
  return { answer: `${step} ${does}.`, decision: step };
}
