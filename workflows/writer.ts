import { readFailure, type Call } from './calls';
import type { RecordRequest } from './runbook/contract';
import { labelOf, numbered, type Change } from './runbook/step';
import { entryOf, type Compensation, type Saga } from './saga';
import { begunWith } from './since';

/** What is left to people where nobody has seen the end of something that nothing takes back. */
interface Unfinished {
  readonly subject: string;
  readonly byHand: string;
}

/** How the world is written: what was there is remembered before, what is asked for is known before, what was written is expected by the next. */
export class Writer {
  /** By subject: reads what others have set and goes on from it. */
  private readonly adopting = new Map<string, () => Promise<void>>();

  constructor(
    private readonly call: Call,
    private readonly saga: Saga,
    private readonly deploymentId: string,
  ) {}

  /** The state before, remembered before anything is written; known already for every rung but the first. */
  async capture<In, State>(step: Change<In, State>, input: In): Promise<Compensation<In, State>> {
    const known = this.saga.find<In, State>(step.subject(input));
    if (known) return known;
    const before = await this.call(step.capture, input, {
      id: `${step.id}.before`,
      summary: `${labelOf(step, input)}: state before`,
      policy: step.apart?.read ?? 'read',
    });
    return this.saga.remember(step, input, before);
  }

  /** Asked for before it is written: an answer that is lost may have been a write. */
  async apply<In, State>(step: Change<In, State>, input: In, compensation: Compensation<In, State>): Promise<void> {
    const askedBefore = compensation.asked;
    compensation.asked = input;
    const { hold } = this.saga;
    const key = `${this.deploymentId}/${step.id}/forward`;
    const entry = compensation.isRecorded ? { subject: compensation.subject } : entryOf(compensation);
    const write = {
      change: input,
      from: compensation.current,
      key,
      ...(hold && !step.apart ? { hold, entry } : {}),
      ...(step.commits ? { commits: true as const } : {}),
    };
    const answersWhenStopped = step.creates === true || step.share !== undefined;
    try {
      if (hold && step.apart) await this.record(step, { hold, key, entry: { ...entry, change: input } });
      compensation.current = await this.call(step.apply, write, { ...step, summary: labelOf(step, input), answersWhenStopped });
      compensation.isRecorded = hold !== null;
      this.saga.wrote(compensation.subject);
    } catch (error) {
      if (readFailure(error)?.details.wrote === false) compensation.asked = askedBefore;
      throw error;
    }
  }

  /** Gives how the step goes on from what others have set on its subject; `adopt` does it by the subject's name too. */
  adopter<In, State>(step: Change<In, State>, input: In): () => Promise<void> {
    const adopt = async (): Promise<void> => {
      const found = await this.call(step.capture, input, {
        id: `${step.id}.adopted`,
        summary: `${labelOf(step, input)}: what others have set`,
        policy: step.apart?.read ?? 'read',
      });
      this.saga.adopt(step, input, found);
    };
    this.adopting.set(step.subject(input), adopt);
    return adopt;
  }

  /** Goes on from what others have set on a subject: the next write expects it, and the watches do not tell of it again. */
  async adopt(subject: string): Promise<void> {
    const read = this.adopting.get(subject);
    // Deployments that were begun before asked about it once more at the next write.
    if (read && begunWith('adopted-values-are-read')) await read();
    else if (!this.saga.adopted.includes(subject)) this.saga.adopted.push(subject);
  }

  /** Tells what stays, unless it has proved that it has written nothing. */
  async forGood<T>(does: Promise<T>, stays: () => void): Promise<T> {
    try {
      const out = await does;
      stays();
      return out;
    } catch (error) {
      if (readFailure(error)?.details.wrote !== false) stays();
      throw error;
    }
  }

  /** What nothing takes back is left to people, from when it is begun until it is seen to end, or proves that it has written nothing. */
  async seenToEnd<T>(id: string, left: Unfinished, does: Promise<T>): Promise<T> {
    const { unfinished } = this.saga;
    const wasBegun = unfinished.has(id);
    unfinished.set(id, { ...left, reason: 'it was begun, and nobody has seen its end' });
    try {
      const out = await does;
      unfinished.delete(id);
      return out;
    } catch (error) {
      const failure = readFailure(error);
      if (failure?.details.wrote === false && !wasBegun) unfinished.delete(id);
      else if (failure) unfinished.set(id, { ...left, reason: failure.message });
      throw error;
    }
  }

  /** What is written without credentials of the cluster is on record before it is written, as everything else. */
  private async record({ id, title }: { readonly id: string; readonly title: string }, request: RecordRequest): Promise<void> {
    await this.call('recordChange', request, { id: `${id}.record`, summary: numbered(id, `${title}: on record`), policy: 'write' });
  }
}
