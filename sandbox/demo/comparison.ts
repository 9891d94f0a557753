import type { DeploymentReport, Row } from '../../workflows/runbook/view';
import { doubled } from '../effects';
import { compareWorlds, exclusions, type Snapshot } from '../snapshot';

/** The split that was measured at each share, by the report's watches. */
export function measuredSplits({ rows }: Pick<DeploymentReport, 'rows'>): readonly string[] {
  const watches = rows
    .flatMap(({ children }) => children)
    .filter(({ note, window }: Row) => window !== null && note.includes('requests served'));
  return watches.map(({ title, note }) => `${title}: ${note}`);
}

/** What the cluster's own ledger says of the tool's writes. */
export function ledgerLine(effects: readonly string[]): string {
  const twice = doubled(effects);
  return twice.length === 0
    ? `By the cluster's ledger ${effects.length} writes changed something, none of them twice.`
    : `By the cluster's ledger ${twice.length} of ${effects.length} writes happened twice: ${twice.join('; ')}.`;
}

/** What was compared before and after, what differs, and what was left out of the comparison. */
export function comparison(before: Snapshot, after: Snapshot): readonly string[] {
  const differences = compareWorlds(before, after);
  const counted = Object.keys(before.objects).filter((name) => !exclusions.kinds.some((kind) => name.startsWith(`${kind} `))).length;
  return [
    differences.length === 0
      ? `The world is as before: ${counted} objects are equal in spec, data, labels and annotations.`
      : `The world has changed: ${differences.length} differences in ${counted} objects.`,
    ...differences.map(({ object, kind, path, before: was, after: is }) =>
      kind === 'changed' ? `  ${object}: ${path}${isScalar(was) && isScalar(is) ? ` ${was} → ${is}` : ''}` : `  ${object}: ${kind}`,
    ),
    `Left out: ${exclusions.kinds.join(', ')}; keys ${[...exclusions.keyPrefixes.map((prefix) => `${prefix}*`), ...exclusions.keys].join(', ')}; status.`,
  ];
}

const isScalar = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);
