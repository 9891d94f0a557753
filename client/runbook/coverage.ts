import { source, type SourceKind, type SourceSection } from './source';
import { standingOf, standKinds, type Registry, type Standing, type StandKind } from './stands';

/** One line of the source runbook beside what stands for it. */
export interface CoveredLine {
  readonly section: string;
  /** Its place in the section, from 1. */
  readonly ordinal: number;
  readonly kind: SourceKind;
  readonly label: string;
  readonly by: readonly Standing[];
}
export interface Coverage {
  readonly lines: readonly CoveredLine[];
  /** Lines that nothing stands for, or for which something is named that does not exist. */
  readonly unmapped: readonly CoveredLine[];
  /** How many lines each kind stands for; a line with several counts for each. */
  readonly counts: Readonly<Record<StandKind, number>>;
}

/** Lays the source's index beside everything that there is. */
export function coverageOf(registry: Registry, sections: readonly SourceSection[] = source): Coverage {
  const lines = sections.flatMap(({ section, lines: own }) =>
    own.map(([kind, label, by], place) => ({
      section,
      ordinal: place + 1,
      kind,
      label,
      by: withReason(by.map((stand) => standingOf(stand, registry))),
    })),
  );
  const kinds = Object.keys(standKinds) as StandKind[];
  const counted = kinds.map((kind) => [kind, lines.filter(({ by }) => by.some((standing) => standing.kind === kind)).length]);
  return {
    lines,
    unmapped: lines.filter(({ by }) => by.length === 0 || by.some(({ words }) => words === null)),
    counts: Object.fromEntries(counted) as Record<StandKind, number>,
  };
}

/** The values of a step go with it: where it is left out, they are left out for the same reason. */
function withReason(by: readonly Standing[]): readonly Standing[] {
  const left = by.find(({ kind, isLeftOut }) => kind === 'step' && isLeftOut);
  if (!left) return by;
  return by.map((standing) => (standing.kind === 'rule' && standing.words === null ? { ...standing, ...reasonOf(left) } : standing));
}
const reasonOf = ({ words, isLeftOut }: Standing): Pick<Standing, 'words' | 'isLeftOut'> => ({ words, isLeftOut });
