import type { DeploymentRequest } from '../../workflows/runbook/release';
import type { Trend } from '../screens/bars';
import type { Watched } from '../screens/signals';
import type { Situation } from '../situation';
import type { Engine } from '../temporal/engine';

/** The running watch with the limits of its signals; null where none runs. */
export async function readWatched(engine: Engine, { run, tally }: Situation, trend: Trend): Promise<Watched | null> {
  if (!tally) return null;
  const request: DeploymentRequest = await engine.request(run);
  return { tally, trend, signals: request.spec.signals };
}
