import type { GateSpec, Spec } from '../../workflows/runbook/spec';
import type { Path } from '../problems';

/** Every gate of a spec, with its place. */
export function gatesIn({ gates, profiles }: Pick<Spec, 'gates' | 'profiles'>): readonly (readonly [path: Path, gate: GateSpec])[] {
  return [
    ...Object.entries(gates).map(([name, gate]) => [['gates', name], gate] as const),
    ...Object.entries(profiles ?? {}).map(([name, { gate }]) => [['profiles', name, 'gate'], gate] as const),
  ];
}
