import { inspect } from 'node:util';
import type { SecretReference } from '../../workflows/runbook/spec';

const redacted = '[REDACTED]';

/** A secret in memory. Whatever prints it prints `[REDACTED]`; only `reveal` gives it away, at the moment of use. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return redacted;
  }
  toJSON(): string {
    return redacted;
  }
  [inspect.custom](): string {
    return redacted;
  }
}

export interface Secrets {
  /** Reads the secret now, so that a rotated one is used from the next call on. Fails with `Misconfigured`. */
  resolve(reference: SecretReference): Promise<Secret>;
}
