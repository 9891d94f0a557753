import type { Milliseconds } from './values';

export const estimateKinds = ['config', 'code', 'migration', 'full'] as const;
export type EstimateKind = (typeof estimateKinds)[number];

export interface EstimatesSpec {
  /** What this spec deploys, unless a profile says otherwise. */
  readonly kind: EstimateKind;
  /** The least and the most that each kind takes (runbook, "Window Duration Estimates"). */
  readonly table: Readonly<Record<EstimateKind, { readonly least: Milliseconds; readonly most: Milliseconds }>>;
}
