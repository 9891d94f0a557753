import type { ProgramName } from './wheels';

/** A server that the sandbox and the tests start, and every way to come by it. */
export interface Program {
  readonly name: ProgramName;
  /** What people call it. */
  readonly title: string;
  /** Variable that names an executable. */
  readonly variable: string;
  /** Name of the executable on PATH, and in the cache. */
  readonly executable: string;
  /** Variable by which tests use a server that runs already. */
  readonly runsAt?: string;
  /** What its own `--version` must say, where an older one will not do. */
  readonly atLeast?: { readonly major: number; readonly minor: number };
}

export const programs = {
  /** The Temporal CLI: the development server with its web UI. */
  cli: {
    name: 'cli',
    title: 'Temporal server',
    variable: 'TEMPORAL_CLI_PATH',
    executable: 'temporal',
    runsAt: 'TEMPORAL_TEST_ADDRESS',
    // Updates and typed search attributes without dynamic configuration.
    atLeast: { major: 1, minor: 1 },
  },
  /** The server whose clock jumps: tests of hours and days. */
  timeSkipping: {
    name: 'timeSkipping',
    title: 'time-skipping Temporal server',
    variable: 'TEMPORAL_TEST_SERVER_PATH',
    executable: 'temporal-test-server',
  },
} as const satisfies Readonly<Record<ProgramName, Program>>;
