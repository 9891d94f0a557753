import { setTimeout as delay } from 'node:timers/promises';
import { startApplication } from '../app/application';
import { type ClusterClient, hasStatus } from '../cluster/client';
import { type Container, type Pod, PORT_ANNOTATION } from '../cluster/objects';
import { objectPath } from '../cluster/paths';
import type { Suspect } from '../faults';
import type { Listening } from '../http/server';
import { type Pulled, pullImage } from '../registry/pull';
import { type Environment, MissingConfigMap, readEnvironment } from './environment';
import type { FleetSettings } from './fleet';
import { NODE } from './node';
import { type ContainerState, type PodFacts, podStatus, type WaitingReason } from './pod-status';

/** Pauses of the sandbox's kubelet in milliseconds: a laptop does not wait as long as a cluster. */
const pauses = { startup: 150, retry: 500, firstRestart: 500, lastRestart: 5_000, endpoints: 150, drain: 1_000 } as const;

/** One pod from its binding to its deletion. Ends when the signal says that the pod is being deleted, and then removes it. */
export async function livePod(
  settings: FleetSettings,
  client: ClusterClient,
  pod: Pod,
  podIP: string,
  deleted: AbortSignal,
): Promise<void> {
  const life = new PodLife(settings, client, pod, podIP, deleted);
  const isDeleted = (): boolean => deleted.aborted;
  let next = (): Promise<void> => life.schedule();
  while (!isDeleted()) {
    try {
      await next();
      next = () => life.runOnce();
    } catch (error) {
      // Somebody deleted the pod by force.
      if (hasStatus(error, 404)) break;
      if (!isDeleted()) settings.notice(`Pod ${pod.metadata.name}: ${String(error)} Trying again.`);
      await life.pause(pauses.retry);
    }
  }
  await life.end();
}

class PodLife {
  private restarts = 0;
  private application: Listening | null = null;
  private readonly path: string;
  private readonly container: Container;
  private readonly facts: PodFacts;

  constructor(
    private readonly settings: FleetSettings,
    private readonly client: ClusterClient,
    private readonly pod: Pod,
    podIP: string,
    private readonly deleted: AbortSignal,
  ) {
    const { name, namespace = 'default' } = pod.metadata;
    const [first] = pod.spec.containers;
    const container = pod.spec.containers.find((candidate) => candidate.name === settings.container) ?? first;
    if (!container) throw new Error(`Pod ${namespace}/${name} has no container.`);
    this.path = objectPath('pods', name, namespace);
    this.container = container;
    this.facts = { container: container.name, image: container.image, podIP, startedAt: now() };
  }

  /** What a scheduler does: binds the pod to our node, unless it is bound. */
  async schedule(): Promise<void> {
    const { name, namespace } = this.pod.metadata;
    if (this.pod.spec.nodeName === undefined || this.pod.spec.nodeName === '') {
      const target = { apiVersion: 'v1', kind: 'Node', name: NODE };
      const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace }, target };
      await this.client.call(`${this.path}/binding`, { method: 'POST', body: binding });
    }
    await this.wait('ContainerCreating');
    await this.pause(pauses.startup);
  }

  /** One attempt to run the container, up to where it has crashed or may be tried again. */
  async runOnce(): Promise<void> {
    const prepared = await this.prepare();
    if (prepared === null) return this.pause(pauses.retry);
    const self = this.suspect(prepared.pulled.version);
    const crashes = (): boolean => this.settings.faults.rate('crash', self) > 0;
    if (!crashes()) {
      await this.start(prepared, self);
      await this.settings.faults.until(crashes, this.deleted);
      if (this.deleted.aborted) return;
      await this.application?.close();
    }
    this.settings.faults.spoiled('crash', self);
    this.restarts += 1;
    await this.wait('CrashLoopBackOff', `back-off restarting failed container ${this.container.name}`);
    const backOff = Math.min(pauses.firstRestart * 2 ** (this.restarts - 1), pauses.lastRestart);
    const attempt = new AbortController();
    const either = AbortSignal.any([this.deleted, attempt.signal]);
    await Promise.race([this.settings.faults.until(() => !crashes(), either), this.pause(backOff, either)]);
    attempt.abort();
  }

  /** Lets the gateway notice, finishes what runs, stops, and confirms the deletion. */
  async end(): Promise<void> {
    if (!this.settings.stopping.aborted) {
      if (this.application) await delay(pauses.endpoints, undefined, { signal: this.settings.stopping }).catch(() => undefined);
      await this.application?.drain(pauses.drain);
      await this.confirmDeletion();
    }
    await this.application?.close();
  }

  private async prepare(): Promise<{ readonly pulled: Pulled; readonly environment: Environment } | null> {
    const pulled = await pullImage(this.settings.registry, this.container.image, this.deleted);
    if (!pulled) {
      await this.wait('ImagePullBackOff', `Back-off pulling image "${this.container.image}": not found`);
      return null;
    }
    try {
      return { pulled, environment: await readEnvironment(this.client, this.pod.metadata.namespace ?? 'default', this.container) };
    } catch (error) {
      if (!(error instanceof MissingConfigMap)) throw error;
      await this.wait('CreateContainerConfigError', error.message);
      return null;
    }
  }

  private async start(
    { pulled, environment }: { readonly pulled: Pulled; readonly environment: Environment },
    self: Suspect,
  ): Promise<void> {
    const { service, endpoints, tokens, plan, faults } = this.settings;
    await this.application?.close();
    this.application = await startApplication({ service, pod: this.pod.metadata.name, self, environment, endpoints, tokens, plan, faults });
    const annotations = { [PORT_ANNOTATION]: String(this.application.port) };
    await this.client.call(this.path, { method: 'PATCH', body: { metadata: { annotations } } });
    await this.report({ kind: 'running', restarts: this.restarts, imageId: pulled.imageId, startedAt: now() });
  }

  private suspect(version: string): Suspect {
    const where = this.pod.metadata.namespace === this.settings.production && this.colour() !== null ? 'production' : 'staging';
    return { where, colour: this.colour(), version };
  }

  private colour(): string | null {
    return this.pod.metadata.labels?.[this.settings.colourKey] ?? null;
  }

  private wait(reason: WaitingReason, message?: string): Promise<void> {
    return this.report({ kind: 'waiting', reason, restarts: this.restarts, ...(message === undefined ? {} : { message }) });
  }

  private async report(state: ContainerState): Promise<void> {
    await this.client.call(`${this.path}/status`, { method: 'PATCH', body: { status: podStatus(this.facts, state, now()) } });
  }

  /** The pod stays in the API until its kubelet deletes it for good. */
  private async confirmDeletion(): Promise<void> {
    const { uid } = this.pod.metadata;
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds: 0,
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    };
    try {
      await this.client.call(this.path, { method: 'DELETE', body });
    } catch (error) {
      if (!hasStatus(error, 404, 409)) throw error;
    }
  }

  /** Waits so long, or until the pod is being deleted. */
  async pause(milliseconds: number, signal = this.deleted): Promise<void> {
    await delay(milliseconds, undefined, { signal }).catch(() => undefined);
  }
}

/** Kubernetes times have no fraction of a second. */
const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
