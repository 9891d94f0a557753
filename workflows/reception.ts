import { ApplicationFailure, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import type { Ending } from './endings';
import { REFUSED, type Answer, type Message } from './messages';
import type { Decision } from './runbook/view';

/** One message: when it is refused, and what it records. Pure but for the state it is given; never throws. */
export interface Rule<State, Sent> {
  readonly description: string;
  /** The refusal's text with its remedy; null where the message is taken. */
  readonly refuses: (state: State, message: Sent) => string | null;
  readonly takes: (state: State, message: Sent) => Taken;
}
export interface Taken {
  readonly answer: Answer;
  /** What the decision was given for; null where nothing was decided. */
  readonly decision: string | null;
  readonly ending?: Ending;
}

/** What is kept of everything that was heard. */
export interface Heard {
  /** No message changes anything any more: why. */
  closed: string | null;
  readonly decisions: Decision[];
  /** Decisions that are not listed any more: those between the first and the newest. */
  unlisted: number;
  readonly refusals: string[];
}

/** What each message of a workflow carries, by name. */
type Sendable<Names extends string> = { readonly [Name in Names]: Message };

/** Request ids that are remembered, so that a message sent again is one message. */
const remembered = 200;
/** Decisions that are listed from the beginning, and as many of the newest. */
const listed = 50;

/** Takes the messages of one workflow: each as update and as signal twin, by the same rule. Handlers only record. */
export class Reception<Names extends string, Sent extends Sendable<Names>, State extends Heard> {
  private readonly answered: { readonly name: Names; readonly requestId: string; readonly answer: Answer }[] = [];

  /**
   * @param read makes a message of whatever was sent; must not throw.
   * @param took called after every message that was taken, with the ending where it ends something.
   */
  constructor(
    private readonly state: State,
    private readonly rules: { readonly [Name in Names]: Rule<State, Sent[Name]> },
    private readonly read: <Name extends Names>(name: Name, sent: unknown) => Sent[Name],
    private readonly took: (ending: Ending | undefined) => void,
  ) {}

  /** Registers the messages. Before the first await. */
  open(names: readonly Names[]): void {
    for (const name of names) this.wire(name);
  }

  private wire<Name extends Names>(name: Name): void {
    const { description } = this.rules[name];
    setHandler(defineUpdate<Answer, [unknown]>(name), (message) => this.take(name, this.read(name, message)), {
      description,
      validator: (message) => {
        const refusal = this.refusal(name, this.read(name, message));
        if (refusal !== null) throw ApplicationFailure.nonRetryable(refusal, REFUSED);
      },
    });
    setHandler(
      defineSignal<[unknown]>(name),
      (sent) => {
        const message = this.read(name, sent);
        const refusal = this.refusal(name, message);
        if (refusal === null) this.take(name, message);
        else this.remember(`${name}: ${refusal}`);
      },
      { description },
    );
  }

  /** Why a message is refused; null where it is taken, or was taken before. */
  private refusal<Name extends Names>(name: Name, message: Sent[Name]): string | null {
    if (message.by === '') {
      return `Not taken: the message does not say who sends it. Use "analytics-deploy ${name}".`;
    }
    if (this.earlier(name, message.requestId)) return null;
    if (this.state.closed !== null) return `Not taken: ${this.state.closed}`;
    return this.rules[name].refuses(this.state, message);
  }

  private take<Name extends Names>(name: Name, message: Sent[Name]): Answer {
    const earlier = this.earlier(name, message.requestId);
    if (earlier) return earlier.answer;
    const { decision, answer, ending } = this.rules[name].takes(this.state, message);
    if (decision !== null) {
      this.list({ what: name, by: message.by, at: Date.now(), comment: message.comment ?? '', on: decision });
    }
    this.answered.push({ name, requestId: message.requestId, answer });
    if (this.answered.length > remembered) this.answered.shift();
    this.took(ending);
    return answer;
  }

  /** Keeps the first and the newest decisions and counts those between them: the result stays small whoever floods the workflow. */
  private list(decision: Decision): void {
    const { decisions } = this.state;
    decisions.push(decision);
    if (decisions.length <= 2 * listed) return;
    decisions.splice(listed, 1);
    this.state.unlisted++;
  }

  /** Keeps the newest five refusals of signals, which have nobody to answer to. */
  private remember(refusal: string): void {
    this.state.refusals.push(refusal);
    if (this.state.refusals.length > 5) this.state.refusals.shift();
  }

  private earlier(name: Names, requestId: string): { readonly answer: Answer } | undefined {
    // A message without an id, as the web UI sends it, is always a new one.
    return requestId === '' ? undefined : this.answered.find((answered) => answered.name === name && answered.requestId === requestId);
  }
}

/** Longest texts that are taken over; what is longer is cut. */
export const longest = { name: 200, comment: 1_000 } as const;
/** What a terminal would obey instead of showing it. */
const controlCharacters = /\p{Cc}+/gu;

/** Reads one text of what was sent: anybody can send anything through Temporal; what is no text is as if it were not there. */
export function textIn(sent: unknown, key: string, length: number): string {
  const given = typeof sent === 'object' && sent !== null ? (sent as Readonly<Record<string, unknown>>) : {};
  const value = given[key];
  return typeof value === 'string' ? value.slice(0, length).replace(controlCharacters, ' ') : '';
}
