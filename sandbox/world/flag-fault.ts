import type { Spec } from '../../workflows/runbook/spec';
import type { ClusterClient } from '../cluster/client';
import type { ConfigMap, Deployment, Service } from '../cluster/objects';
import { objectPath } from '../cluster/paths';
import type { StandingKind } from '../faults';

/** Somebody has set a flag of the live pods to another value. Mutable: it remembers what to put back. */
export class FlagFault {
  private undo: (() => Promise<void>) | null = null;

  constructor(
    private readonly client: ClusterClient,
    private readonly spec: Spec,
  ) {}

  async follow(broken: ReadonlySet<StandingKind>): Promise<void> {
    if (broken.has('flag') === (this.undo !== null)) return;
    if (this.undo) {
      await this.undo();
      this.undo = null;
      return;
    }
    const [flag, value] = Object.entries(this.spec.flags?.values ?? {})[0] ?? [];
    const path = await this.liveFlags();
    if (flag === undefined || value === undefined || path === null)
      throw new Error('The live pods read no flags of the spec: there is none to set.');
    const set = async (to: string): Promise<void> => {
      await this.client.call<ConfigMap>(path, { method: 'PATCH', body: { data: { [flag]: to } } });
    };
    await set(value === 'true' ? 'false' : 'true');
    this.undo = () => set(value);
  }

  /** The ConfigMap that the template of the live colour names. */
  private async liveFlags(): Promise<string | null> {
    const { production, image, flags } = this.spec;
    const at = { namespace: production.namespace };
    const service = await this.client.call<Service>(objectPath('services', production.service, at.namespace));
    const colour = production.colours[service.spec.selector?.[production.selectorKey] ?? ''];
    if (!colour || !flags) return null;
    const deployment = await this.client.call<Deployment>(objectPath('deployments', colour.deployment, at.namespace));
    const container = deployment.spec.template.spec.containers.find(({ name }) => name === image.container);
    const name = (container?.envFrom ?? [])
      .map(({ configMapRef }) => configMapRef?.name ?? '')
      .find((each) => each.startsWith(`${flags.configMap}-`));
    return name === undefined ? null : objectPath('configmaps', name, at.namespace);
  }
}
