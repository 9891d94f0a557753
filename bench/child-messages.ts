import type { Call } from './world';

/** How a worker in a process of its own is set up. */
export interface ChildSettings {
  readonly address: string;
  readonly queue: string;
  readonly options: 'ours' | 'defaults';
  readonly workflows: { readonly kind: 'bundle' | 'sources'; readonly path: string };
  readonly world: 'instant' | 'bare' | 'real';
  /** Workflows that are kept in memory; the SDK's default where absent. */
  readonly cached?: number;
  /** Its threads can be told to collect garbage. */
  readonly weighed?: boolean;
}

/** What the observer tells its worker. */
export type ToChild =
  | { readonly kind: 'weigh' }
  /** This activity lasts for ever, before its effect or after it. */
  | { readonly kind: 'hold'; readonly workflowId: string; readonly id: string; readonly when: Call['when'] }
  /** What of this workflow is held goes on. */
  | { readonly kind: 'release'; readonly workflowId: string };

/** What the worker tells its observer. */
export type FromChild =
  { readonly kind: 'ready' } | { readonly kind: 'call'; readonly call: Call } | { readonly kind: 'weight'; readonly bytes: number };
