import { type Fault, faultKinds } from '../faults';

/** Where the worker may be killed: while a section runs, or while everything is put back. */
export type KillPlace = '2.2' | '2.3' | 'rollback';
const killPlaces = ['2.2', '2.3', 'rollback'] as const;

/** `errors@50`: that fault as soon as the candidate has that share. Null where it is no such wish. */
export function readBreak(text: string): Fault | null {
  const [kind, share, ...rest] = text.split('@');
  const found = faultKinds.find((known) => known === kind);
  const atShare = Number(share);
  const isShare = share !== undefined && /^\d{1,3}$/.test(share) && atShare > 0 && atShare <= 100;
  return found && isShare && rest.length === 0 ? { kind: found, atShare } : null;
}

/** What is wrong with a fault at a share that the ramp never has, which would break nothing; null where nothing is. */
export function shareProblem({ kind, atShare }: Fault, shares: readonly number[]): string | null {
  if (atShare === undefined || shares.includes(atShare)) return null;
  return `The ramp never has ${atShare} %, so ${kind}@${atShare} would break nothing. Its shares: ${shares.map((share) => `${kind}@${share}`).join(', ')}.`;
}

/** `worker@2.3` or `worker@rollback`. Null where it is no such wish. */
export function readKill(text: string): KillPlace | null {
  const [who, place, ...rest] = text.split('@');
  return (who === 'worker' && rest.length === 0 && killPlaces.find((known) => known === place)) || null;
}

export const breakForms = faultKinds.map((kind) => `${kind}@50`).join(', ');
export const killForms = killPlaces.map((place) => `worker@${place}`).join(', ');
