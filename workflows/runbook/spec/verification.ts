import type { RequestSpec } from './request';

export interface VerificationSpec {
  readonly requests: readonly RequestSpec[];
  /** Prefixes of metric families that must be present and moving. */
  readonly families: readonly string[];
  readonly dashboard?: string;
}
