import type { EstimateKind } from './estimates';
import type { GateSpec } from './gates';
import type { Milliseconds } from './values';

/** A way through the runbook that is shorter than the standard one; it has a gate of its own. */
export interface ProfileSpec {
  readonly about: string;
  /** What it deploys, for the estimate. */
  readonly estimate?: EstimateKind;
  /** What it leaves out: ids of sections, checklist lines and attestations, each with its reason. */
  readonly off: Readonly<Record<string, string>>;
  /** Waits that replace those of `ramp`. */
  readonly waits: {
    readonly initial?: Milliseconds;
    /** The watch at each share of step 2.3. */
    readonly steps?: Milliseconds;
    readonly selectorWatch?: Milliseconds;
    readonly soak?: Milliseconds;
  };
  readonly gate: GateSpec;
}
