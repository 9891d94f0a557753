import type { Outcome } from '../workflows/runbook/view';

/** What the command's exit code says; the only place where the numbers stand. */
export const exitCodes = {
  ok: 0,
  /** The tool or the connection failed. */
  failure: 1,
  /** Wrong usage, or an invalid spec. */
  usage: 2,
  /** The deployment refused; its message says why. */
  refused: 5,
  /** Detached by Ctrl-C: the deployment goes on. */
  detached: 130,
} as const;

/** Exit code of a command that followed a deployment to its end. */
export const outcomeCodes = {
  SUCCEEDED: 0,
  SUCCEEDED_WITH_WAIVERS: 0,
  ROLLED_BACK: 3,
  ROLLBACK_INCOMPLETE: 4,
  FAILED: 6,
  EXPIRED: 7,
} as const satisfies Record<Outcome, number>;

/** Outcomes after which the world is as it was before: what `abort` and `rollback` wait for. */
const restored: ReadonlySet<Outcome> = new Set<Outcome>(['ROLLED_BACK', 'FAILED', 'EXPIRED']);

/** Whether what was deployed serves since. */
export const isLive = (outcome: Outcome): boolean => outcomeCodes[outcome] === exitCodes.ok;

/** Exit code of `abort`, `rollback` and `handover`: 0 when the world is restored, else 4. */
export function effectCode(outcome: Outcome): number {
  return restored.has(outcome) ? exitCodes.ok : outcomeCodes.ROLLBACK_INCOMPLETE;
}

/** The codes in words, for `--help`. */
export const exitCodesInWords = [
  '0 succeeded   1 tool or connection failed   2 wrong usage or spec   5 refused',
  '3 rolled back   4 rollback incomplete or handed over   6 nothing changed',
  '7 expired   130 detached',
] as const;
