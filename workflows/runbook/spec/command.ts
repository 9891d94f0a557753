import type { Milliseconds } from './values';

/** A command without a shell: program and arguments; `{version}` and `{stagingUrl}` are replaced. */
export interface CommandSpec {
  readonly command: readonly string[];
  /** Directory below the worker's workspace. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout: Milliseconds;
}
