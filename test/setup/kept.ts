import type { DevServer } from '../../sandbox/temporal/dev-server';

/** What the setup leaves for the teardown, which runs in the same process but knows nothing else of it. */
export interface Kept {
  readonly server: DevServer;
  readonly dataDir: string;
}
const place = Symbol.for('analytics-deploy.test.kept');

export function keepForTeardown(kept: Kept): void {
  Reflect.set(globalThis, place, kept);
}

export function takeKept(): Kept | undefined {
  const kept: unknown = Reflect.get(globalThis, place);
  Reflect.deleteProperty(globalThis, place);
  return isKept(kept) ? kept : undefined;
}
const isKept = (value: unknown): value is Kept => typeof value === 'object' && value !== null && 'server' in value && 'dataDir' in value;
