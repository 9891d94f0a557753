import { join } from 'node:path';
import type { DatabaseSpec, Spec } from '../../workflows/runbook/spec';
import { type Database, startDatabase } from '../database/database';
import { parts } from '../parts';
import { findPart, PartNotFound } from '../parts/find';

/** The service's database where the run asks for one: it is real, or there is none. */
export interface WorldDatabase {
  readonly database: Database | null;
  /** For people: its title, or why there is none. */
  readonly kind: string;
}

export const noDatabase: WorldDatabase = { database: null, kind: 'not started: a short run has no database' };

/** Starts PostgreSQL for a full run whose spec has a database; nothing is downloaded now. */
export async function openDatabase({ database }: Pick<Spec, 'database'>, dir: string, full: boolean): Promise<WorldDatabase> {
  if (!full || !database) return noDatabase;
  try {
    const executable = await findPart(parts.postgres, { fetches: false });
    return { database: await startDatabase(join(dir, 'database'), executable), kind: parts.postgres.title };
  } catch (error) {
    if (!(error instanceof PartNotFound)) throw error;
    return { database: null, kind: error.message };
  }
}

/** The part of a spec's overrides that points it at that database. */
export interface DatabaseOverrides {
  readonly url: DatabaseSpec['url'];
  readonly tools: string;
  readonly backup?: { readonly folder: string };
  readonly migrations?: { readonly environment: Readonly<Record<string, string>> };
}

export function databaseOverrides({ database: spec }: Pick<Spec, 'database'>, database: Database | null): DatabaseOverrides | null {
  if (!spec || !database) return null;
  return {
    url: database.url,
    tools: database.tools,
    ...(spec.backup?.folder === undefined ? {} : { backup: { folder: database.backups } }),
    ...(spec.migrations ? { migrations: { environment: { ...spec.migrations.environment, PSQL: database.psql } } } : {}),
  };
}

/** What cannot be done without one, each with the reason that the plan shows. */
export function offWithout({ database: spec }: Pick<Spec, 'database'>, { database, kind }: WorldDatabase): Spec['off'] {
  if (!spec || database) return {};
  const lines = [...(spec.backup ? ['checklist.backup'] : []), ...(spec.migrations ? ['checklist.migrations', '2.0m'] : [])];
  const reason = kind.length <= 200 ? kind : 'this machine has no PostgreSQL';
  return Object.fromEntries(lines.map((line) => [line, reason]));
}

/** The section of the spec as it is deployed in the sandbox. */
export function pointDatabaseAt(spec: DatabaseSpec, overrides: DatabaseOverrides): DatabaseSpec {
  return {
    ...spec,
    ...{ url: overrides.url, tools: overrides.tools },
    ...(spec.backup ? { backup: { ...spec.backup, ...overrides.backup } } : {}),
    ...(spec.migrations ? { migrations: { ...spec.migrations, ...overrides.migrations } } : {}),
  };
}
