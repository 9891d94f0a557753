/** Of the migrations that came with a deployment: which are applied, and which of them a rollback takes back. */
import type { MigrationsState } from '../contract';
import type { Brought, DatabaseWish } from './level';

/** Those that are applied, oldest first; none where something else is the newest. */
export function stillApplied({ names }: Brought, { last }: MigrationsState): readonly string[] {
  return last === null ? [] : names.slice(0, names.indexOf(last) + 1);
}

/** The newest few of them, oldest first; none where fewer came with the deployment than are asked for. */
export function takenBack(brought: Brought, applied: MigrationsState, { steps = 1 }: DatabaseWish): readonly string[] {
  const still = stillApplied(brought, applied);
  return steps > still.length ? [] : still.slice(-steps);
}
