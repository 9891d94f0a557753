/** Runbook, "Window Duration Estimates": its table, corrected by what the plan itself waits. */
import { planTotals, type PlanLine } from './plan';
import { profileOf } from './profiles';
import type { DeploymentRequest } from './release';
import type { EstimateKind, Milliseconds } from './spec';
import type { WindowNeeds } from './windows';
import { span } from './words';

type Asked = Pick<DeploymentRequest, 'spec' | 'profile'>;

/** How long the production part takes: the announcement, the window and the report say the same. */
export interface Estimate {
  /** Null where the spec has no table. */
  readonly kind: EstimateKind | null;
  /** At least: the plan's own figure, or what the table gives at least. */
  readonly least: Milliseconds;
  /** At most, as the table has it; never below `least`. */
  readonly most: Milliseconds;
  /** Where plan and table disagree. */
  readonly note?: string;
}

/**
 * The estimate of everything that must lie in a window.
 *
 * @param lines of the whole plan.
 */
export function estimateOf(asked: Asked, lines: readonly PlanLine[]): Estimate {
  const planned = planTotals(lines.filter(({ inWindow }) => inWindow)).total;
  const kind = kindOf(asked);
  const row = kind && asked.spec.estimates?.table[kind];
  if (!kind || !row) return { kind: null, least: planned, most: planned };
  const { least, most } = row;
  const figures = { kind, least: Math.max(planned, least), most: Math.max(planned, most) };
  return planned > most
    ? { ...figures, note: `the table gives ${kind} at most ${span(most)}, the plan itself takes ${span(planned)}` }
    : figures;
}

/** What a window must hold for the plan: its in-window part, the buffer, and the longest way back from it. */
export function needsOf(asked: Asked, lines: readonly PlanLine[]): WindowNeeds {
  return {
    run: estimateOf(asked, lines).least,
    buffer: asked.spec.windows?.buffer ?? 0,
    rollback: planTotals(lines.filter(({ inWindow }) => inWindow)).worstRollback,
  };
}

function kindOf(asked: Asked): EstimateKind | null {
  const { estimates } = asked.spec;
  return estimates ? (profileOf(asked)?.estimate ?? estimates.kind) : null;
}
