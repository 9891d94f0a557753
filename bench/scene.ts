import type { Call, Hook } from './world';

interface Expectation {
  readonly is: (call: Call) => boolean;
  readonly met: (call: Call) => void;
}
type Act = (call: Call) => Promise<void> | void;

/** What one workflow's activities do, as the observer has arranged it: who waits for which call, what is held, what fails. */
export class Scene {
  private readonly expectations: Expectation[] = [];
  private readonly acts = new Map<string, Act>();
  private release: () => void = () => undefined;
  private readonly released = new Promise<void>((resolve) => (this.release = resolve));

  readonly hook: Hook = async (call) => {
    for (const expectation of this.expectations.filter(({ is }) => is(call))) {
      this.expectations.splice(this.expectations.indexOf(expectation), 1);
      expectation.met(call);
    }
    if (call.when === 'before') await (this.acts.get(call.id) ?? this.acts.get(call.name))?.(call);
  };

  /** The next call of this kind, from now on. */
  next(is: (call: Call) => boolean): Promise<Call> {
    return new Promise((met) => this.expectations.push({ is, met }));
  }

  /** The first line of the next activity of this name or id. */
  began(nameOrId: string): Promise<Call> {
    return this.next(({ name, id, when }) => when === 'before' && (name === nameOrId || id === nameOrId));
  }

  /** Does something at the beginning of every activity of this name or id; while it lasts, the activity lasts. */
  at(nameOrId: string, act: Act): void {
    this.acts.set(nameOrId, act);
  }

  /** Activities of this name or id last until the scene is over. */
  hold(nameOrId: string): void {
    this.at(nameOrId, () => this.released);
  }

  /** Lets go what is held. */
  over(): void {
    this.release();
  }
}
