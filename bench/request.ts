import { randomUUID } from 'node:crypto';
import { defaultSpecPath, loadSpec, planDigest } from '../spec';
import { leftOut } from '../sandbox/world/left-out';
import type { DeploymentRequest } from '../workflows/runbook/release';
import type { RungSpec, Spec } from '../workflows/runbook/spec';

/** The default spec with its waits scaled to milliseconds: all payloads keep their real size. */
export function scaledSpec(watch: number, shape: (spec: Spec) => Partial<Spec> = () => ({})): Spec {
  const loaded = loadSpec(defaultSpecPath);
  if (!loaded.ok) throw new Error('The default spec has problems. See them with: analytics-deploy validate');
  const { spec } = loaded;
  const rung = ({ share }: RungSpec): RungSpec => ({ share, watch });
  const scaled: Spec = {
    ...spec,
    ramp: { initial: rung(spec.ramp.initial), steps: spec.ramp.steps.map(rung), selectorWatch: watch, soak: watch },
    production: { ...spec.production, traffic: { ...spec.production.traffic, propagation: 1 } },
    off: { ...leftOut, ...spec.off },
    watching: { ...spec.watching, every: Math.max(1, Math.round(watch / 3)) },
  };
  return { ...scaled, ...shape(scaled) };
}

/** A deployment that nobody else runs: an id of its own, as a person's start would ask for it. */
export function requestFor(spec: Spec, queue: string): DeploymentRequest {
  return {
    deploymentId: `${spec.service}-${spec.environment}-v1.4.0-20261124T020000Z-${randomUUID().slice(0, 8)}`,
    version: 'v1.4.0',
    requester: 'ana',
    planDigest: planDigest(spec),
    spec,
    searchAttributes: true,
    taskQueues: { control: queue, exec: `${queue}-exec` },
  };
}
