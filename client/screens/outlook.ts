import { needsOf } from '../../workflows/runbook/estimates';
import { planOf, planTotals, type PlanLine } from '../../workflows/runbook/plan';
import { standard, tailored } from '../../workflows/runbook/profiles';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import { estimateKinds, type EstimateKind } from '../../workflows/runbook/spec';
import { fits, openings, standingAt, type Opening, type Standing, type WindowNeeds } from '../../workflows/runbook/windows';

/** A way through the runbook and what it needs of a window. */
export interface Way {
  readonly name: string;
  readonly needs: WindowNeeds;
}

/** The standard way and each profile of the spec. */
export async function waysOf(request: DeploymentRequest): Promise<readonly Way[]> {
  const { profile: _, emergency: __, ...plain } = request;
  const names = [standard, ...Object.keys(request.spec.profiles ?? {})];
  return Promise.all(
    names.map(async (profile) => {
      const asked = { ...plain, profile };
      return { name: profile, needs: needsOf(tailored(asked), await planOf(asked)) };
    }),
  );
}

/** An opening, and what would fit into what is left of it. */
export interface Outlook extends Opening {
  /** From when on it could be used: when it opens, or now. */
  readonly from: number;
  readonly fits: readonly string[];
  readonly tooLong: readonly string[];
  /** Kinds of the spec's table whose longest estimate fits. */
  readonly kinds: readonly EstimateKind[];
}

/** The next openings, with what would fit into each. */
export function outlook(at: number, { spec }: DeploymentRequest, ways: readonly Way[], count: number): readonly Outlook[] {
  const { windows, estimates } = spec;
  if (!windows) return [];
  const rollback = Math.max(0, ...ways.map(({ needs }) => needs.rollback));
  return openings(at, windows)
    .slice(0, count)
    .map((opening) => {
      const holds = (needs: WindowNeeds) => fits(at, opening, needs);
      const longest = (kind: EstimateKind): WindowNeeds => ({ run: estimates?.table[kind].most ?? 0, buffer: windows.buffer, rollback });
      return {
        ...opening,
        from: Math.max(at, opening.opens),
        fits: ways.filter(({ needs }) => holds(needs)).map(({ name }) => name),
        tooLong: ways.filter(({ needs }) => !holds(needs)).map(({ name }) => name),
        kinds: estimates ? estimateKinds.filter((kind) => holds(longest(kind))) : [],
      };
    });
}

/** Where production stands, with what it needs. */
export type ProductionStanding = Standing & { readonly needs: WindowNeeds };

/** When production would begin, were everything before it done without a wait for people; null where the request waits for no window. */
export function productionStanding(request: DeploymentRequest, lines: readonly PlanLine[], now: number): ProductionStanding | null {
  const { spec } = tailored(request);
  if (!spec.windows || spec.off['window'] !== undefined) return null;
  const needs = needsOf(request, lines);
  const first = lines.findIndex(({ inWindow }) => inWindow);
  const before = planTotals(lines.slice(0, Math.max(0, first))).total;
  return { ...standingAt(now + before, spec.windows, needs), needs };
}
