/**
 * Names under which the history of a running deployment remembers that it does what earlier builds did not. One name stands for all that
 * comes in one build: each costs a run two events.
 */

/** The target's lock, and a scale-down that waits for the last request. */
export const LOCK_AND_SCALE_DOWN = 'lock-and-scale-down';

/**
 * All beside staging and production: checklist and attestations, window, other deployments, migrations, monitoring, criteria, follow-ups,
 * messages, the kept report, and a look before the first write at what was approved.
 */
export const WHOLE_RUNBOOK = 'whole-runbook';
