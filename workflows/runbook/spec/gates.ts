import type { Milliseconds } from './values';

export interface GateSpec {
  /** Distinct people who must approve. */
  readonly approvals: number;
  /** Roles whose holders may approve. */
  readonly roles: readonly string[];
  readonly expires: Milliseconds;
  /** Declared outcome of expiry; never an approval. */
  readonly onExpiry: 'rollback';
}
