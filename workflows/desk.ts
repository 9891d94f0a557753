import { CancellationScope, condition, patched, setHandler } from '@temporalio/workflow';
import { stop, type Ending } from './endings';
import { messageNames, status, type MessageName, type Messages } from './messages';
import { longest, Reception, textIn } from './reception';
import { WHOLE_RUNBOOK } from './runbook/patches';
import type { DeploymentRequest } from './runbook/release';
import type { RollbackLevel } from './runbook/rollback/level';
import type { Gate, GateSubject } from './runbook/step';
import type { AttentionView, DeploymentView } from './runbook/view';
import { rules } from './desk-rules';
import type { DeskState, OpenGate, OpenQuestion, QuestionAnswer } from './desk-state';
import { utc } from './runbook/words';

/** Where people talk to a running deployment. Handlers only record; the script and the unwinding act. */
export class Desk {
  readonly state: DeskState;
  private readonly listeners: (() => void)[] = [];

  constructor(request: DeploymentRequest, touchedProduction: () => boolean) {
    this.state = {
      request,
      gate: null,
      questions: [],
      paused: null,
      stood: [],
      watching: null,
      extension: 0,
      ramp: null,
      retreat: null,
      retreating: null,
      hasSafeFlags: false,
      ending: null,
      hurried: false,
      handedOver: null,
      closed: null,
      undos: [],
      touchedProduction,
      decisions: [],
      unlisted: 0,
      alarms: [],
      refusals: [],
      waivers: [],
      waived: [],
      attestations: [],
    };
  }

  /** Registers every message as update and as signal, and the status query. Before the first await. `changed` is called after every message taken. */
  open(view: () => DeploymentView, changed: () => void): void {
    const reception = new Reception<MessageName, Messages, DeskState>(this.state, rules, readMessage, (ending) => {
      // The way back tells itself where it stands.
      if (ending) this.end(ending);
      else if (!this.state.ending) changed();
    });
    reception.open(messageNames);
    setHandler(status, view, { description: 'Where the deployment stands' });
  }

  /** Called whenever somebody wants the deployment to end or hands it over. */
  onStop(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Ends the deployment unless it is ending already: the first word counts. */
  end(ending: Ending): void {
    this.state.ending ??= ending;
    for (const listener of this.listeners) listener();
  }

  /** Between steps: waits while paused. */
  async checkpoint(): Promise<void> {
    if (this.state.paused) await condition(() => !this.state.paused);
  }

  /** Opens a gate, waits for its approvals and tells who gave them; throws where it expires. */
  async approval(gate: Gate, subject: GateSubject, reminders: (share: number) => void): Promise<readonly string[]> {
    const { roles, requester } = { roles: this.state.request.spec.roles, requester: this.state.request.requester };
    const openedAt = Date.now();
    const open: OpenGate = {
      id: gate.id,
      title: gate.title,
      approvals: gate.approvals,
      roles: gate.roles,
      candidates: gate.roles.flatMap((role) => (roles[role] ?? []).filter((name) => name !== requester).map((name) => `${name} (${role})`)),
      approved: [],
      openedAt,
      expiresAt: openedAt + gate.expires,
      onExpiry: gate.onExpiry,
      ...subject,
    };
    this.state.gate = open;
    try {
      const marks = [0.5, 0.8, 1];
      while (open.approved.length < gate.approvals) {
        const elapsed = Date.now() - openedAt;
        const next = marks.find((share) => share * gate.expires > elapsed);
        if (next === undefined) {
          throw stop({
            kind: 'expired',
            by: null,
            reason: `Gate "${gate.title}" expired: ${open.approved.length} of ${gate.approvals} approved.`,
          });
        }
        // Runs that were begun before began their timer anew with each approval.
        const enough = patched(WHOLE_RUNBOOK) ? gate.approvals : open.approved.length + 1;
        const summary = `waiting: ${gate.title} (${gate.approvals} to approve), expires ${utc(open.expiresAt)}`;
        const moved = await condition(() => open.approved.length >= enough, next * gate.expires - elapsed, { summary });
        if (!moved && next < 1) reminders(next);
      }
      return open.approved.map(({ by }) => by);
    } finally {
      this.state.gate = null;
    }
  }

  /**
   * Parks a step and asks; at the deadline the answer is the view's declared one. Several are answered one after another.
   *
   * @param lookAgain milliseconds after which the caller goes on without an answer, to ask again if need be.
   */
  async ask(view: Omit<AttentionView, 'since' | 'deadline'>, patience: number, lookAgain = patience): Promise<QuestionAnswer | null> {
    const since = Date.now();
    const { lines } = view;
    const question: OpenQuestion = {
      view: { ...view, since, deadline: since + patience, ...(lines ? { lines: lines.map((line) => ({ ...line })) } : {}) },
      answer: null,
    };
    this.state.questions.push(question);
    try {
      await condition(() => question.answer !== null, Math.min(patience, lookAgain), { summary: `needs attention: ${view.title}` });
      return question.answer;
    } finally {
      this.state.questions.splice(this.state.questions.indexOf(question), 1);
      this.state.stood.push({ from: since, until: Date.now() });
    }
  }
}

/** These need nothing but the deployment: not even a name. */
const unconditional: readonly MessageName[] = ['abort', 'rollback', 'pause', 'handover'];

/** Anybody can send anything through Temporal: only what has the right type is read, the rest is as if it were not there. */
function readMessage<Name extends MessageName>(name: Name, sent: unknown): Messages[Name] {
  const given = typeof sent === 'object' && sent !== null ? (sent as Readonly<Record<string, unknown>>) : {};
  const text = (key: string, length: number): string => textIn(sent, key, length);
  const by = text('by', longest.name);
  const message = {
    by: by === '' && unconditional.includes(name) ? 'somebody unknown' : by,
    comment: text('comment', longest.comment),
    requestId: text('requestId', longest.name),
    gate: text('gate', longest.name),
    digest: text('digest', longest.name),
    step: text('step', longest.comment),
    item: text('item', longest.name),
    until: text('until', longest.name),
    more: typeof given['more'] === 'number' ? given['more'] : 0,
    ...wordOf<RollbackLevel>('level', text('level', longest.name)),
    ...wordOf<'zero' | 'stay'>('then', thens.includes(given['then']) ? String(given['then']) : ''),
  };
  return message;
}

const thens: readonly unknown[] = ['zero', 'stay'];
/** A word that the rules know or refuse; absent where none was sent. */
function wordOf<Word extends string>(key: string, word: string): Readonly<Record<string, Word>> {
  return word === '' ? {} : { [key]: word as Word };
}

/** Runs the script in a scope of its own that the desk can cancel at any moment. */
export async function interruptible<T>(desk: Desk, script: () => Promise<T>): Promise<T> {
  const scope = new CancellationScope();
  desk.onStop(() => scope.cancel());
  if (desk.state.ending) scope.cancel();
  try {
    return await scope.run(script);
  } finally {
    // What still runs beside the failed step must not go on while the world is put back.
    scope.cancel();
  }
}
