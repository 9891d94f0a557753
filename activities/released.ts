import type { Releases, Released } from '../workflows/runbook/rollback/released';
import { remembered, versionOf } from '../workflows/runbook/rollback/released';
import type { TargetPlace } from '../workflows/runbook/target';
import type { Ports } from './ports';
import { ownOf } from './workloads';

/** What a deployment leaves on record as healthy. */
export interface ReleasedNow {
  readonly remember: (before: readonly Released[]) => readonly Released[];
  /** What is not on record, and why. */
  readonly notes: readonly string[];
}

/** Looks at the colours once more: only what a template still names as it was released is remembered, with the flags that it has now. */
export async function releasedNow(
  { kubernetes, clock }: Pick<Ports, 'kubernetes' | 'clock'>,
  { cluster, namespace }: TargetPlace,
  deployment: string,
  { healthy, withdrawn, container, flagsPrefix }: Releases,
): Promise<ReleasedNow> {
  const at = new Date(clock.now()).toISOString();
  const notes: string[] = [];
  const found: Released[] = [];
  for (const { deployment: name, image, version } of healthy) {
    const object = await kubernetes.read({ kind: 'Deployment', cluster, namespace, name });
    const own = object && ownOf(object, { container, ...(flagsPrefix === undefined ? {} : { flagsPrefix }) });
    // What only served until now was released by somebody else, if by anybody.
    if (own?.image === image)
      found.push({ image, version, flagsConfigMap: own.flagsConfigMap, deployment: version === null ? null : deployment, at });
    else notes.push(`${versionOf(image, [])} is not on record for rollbacks: ${name} has ${own === null ? 'no template' : own.image}`);
  }
  return { notes, remember: (before) => remembered(before, found, withdrawn, deployment) };
}
