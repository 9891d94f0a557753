import type { Milliseconds } from './values';

export interface AttestationSpec {
  /** The role whose holders may attest it. */
  readonly owner: string;
  readonly within: Milliseconds;
  /** When its owners are reminded; fractions of `within`. */
  readonly remind: readonly number[];
  /** Declared outcome where nobody attests it in time; never an attestation. Once traffic has moved it is always rollback. */
  readonly onExpiry: 'rollback' | 'waive';
}
