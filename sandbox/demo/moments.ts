import { setTimeout as delay } from 'node:timers/promises';
import type { DeploymentView } from '../../workflows/runbook/view';
import type { Stats } from '../world/client';
import type { KillPlace } from './wishes';

/** How often it is looked, in milliseconds: a rollback is over in a second or two. */
const every = 150;

/** Whether the moment has come at which the worker is to be killed: in the middle of a section, or while it is put back. */
export function isKillMoment(place: KillPlace, view: DeploymentView): boolean {
  if (place === 'rollback') return view.state === 'unwinding';
  const section = view.rows.find(({ id }) => id === place);
  return section?.state === 'running' && section.children.some(({ state, window }) => state === 'running' && window !== null);
}

/** Looks until it is so, or until nobody waits any more. Answers whether it was. */
export async function untilMoment(isSo: () => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await isSo().catch(() => false)) return true;
    await delay(every);
  }
  return false;
}

/** Milliseconds from the first answer that a fault spoiled until the route gave that colour nothing; null while it still does. */
export function reaction({ faults, shares }: Stats, now: number): number | null {
  const spoiled = faults.find(({ firstBadAt }) => firstBadAt !== null);
  if (!spoiled?.firstBadAt) return null;
  const gone = spoiled.colour === null ? false : (shares[spoiled.colour] ?? 0) === 0;
  return gone ? now - spoiled.firstBadAt : null;
}
