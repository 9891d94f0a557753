import type { Ports } from '../../activities/ports';
import type { Clock } from '../../activities/ports/clock';
import type { Scrape } from '../../activities/ports/metrics';
import { parseExposition } from '../../activities/ports/metrics/exposition';
import { Secret } from '../../activities/ports/secrets';
import { FakeKubernetes } from './kubernetes';

/** A clock that a sleep moves on: no test waits. `onSleep` is what the world does meanwhile. */
export class FakeClock implements Clock {
  time = 1_764_000_000_000;
  onSleep: (now: number) => void | Promise<void> = () => undefined;

  now(): number {
    return this.time;
  }
  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.time += Math.max(milliseconds, 1);
    await this.onSleep(this.time);
    // Timers fire between the polls of an endless wait, as they would in time.
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  }
}

/** Metrics from texts: the next one at every scrape, the last one for ever. */
export function scrapes(...texts: readonly (string | Error)[]): Ports['metrics'] {
  let next = 0;
  return {
    scrape: (): Promise<Scrape> => {
      const text = texts[Math.min(next++, texts.length - 1)];
      return Promise.resolve(typeof text === 'string' ? parseExposition(text) : { kind: 'unreadable', reason: text?.message ?? 'nothing' });
    },
  };
}

export type FakePorts = Ports & { readonly kubernetes: FakeKubernetes; readonly clock: FakeClock };

/** Ports of which only those work that the test gives; any other is a defect of the test. */
export function fakePorts(given: Partial<Ports> = {}): FakePorts {
  const missing = (name: string) =>
    new Proxy({}, { get: (_, call) => () => Promise.reject(new Error(`the test gave no ${name}.${String(call)}`)) }) as never;
  return {
    http: missing('http'),
    metrics: missing('metrics'),
    registry: missing('registry'),
    git: missing('git'),
    commands: missing('commands'),
    load: missing('load'),
    notices: missing('notices'),
    deployments: missing('deployments'),
    redis: missing('redis'),
    certificates: missing('certificates'),
    reports: missing('reports'),
    databases: missing('databases'),
    secrets: { resolve: () => Promise.resolve(new Secret('hunter2')) },
    ...given,
    kubernetes: (given.kubernetes as FakeKubernetes | undefined) ?? new FakeKubernetes(),
    clock: (given.clock as FakeClock | undefined) ?? new FakeClock(),
  };
}
