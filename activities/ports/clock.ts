/** Time of the machine that the worker runs on. Decisions of the deployment use workflow time; this serves polling and measuring. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Waits; rejects with the signal's reason as soon as it is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}
