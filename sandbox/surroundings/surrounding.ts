import type { StandingKind } from '../faults';

/** Something beside the service that a checklist looks at, and that can be made to look wrong. */
export interface Surrounding {
  /** Is wrong in these ways from now on, and in no others. */
  follow(broken: ReadonlySet<StandingKind>): Promise<void>;
  stop(): Promise<void>;
}
