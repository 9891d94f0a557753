export interface CommandRun {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  /** All that the program finds in its environment, beside PATH and HOME. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds, then the whole process group is ended. */
  readonly timeout: number;
  /** Bytes of the output's end that are handed on; 16 KiB where it is absent. */
  readonly keep?: number;
  readonly signal: AbortSignal;
}

export interface CommandEnd {
  readonly code: number | null;
  readonly timedOut: boolean;
  /** The end of both outputs, in the order in which they came. */
  readonly tail: string;
  /** Nothing came before the tail. */
  readonly isWhole: boolean;
  /** sha256 of the whole output. */
  readonly output: string;
  /** Milliseconds. */
  readonly took: number;
}

/** Programs without a shell, each in a process group of its own, which ends with the call whatever happens. */
export interface Commands {
  /** Rejects with the signal's reason once the group has ended; with `CommandFailed` where the program cannot be started. */
  run(command: CommandRun): Promise<CommandEnd>;
}
