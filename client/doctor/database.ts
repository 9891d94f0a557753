import type { Databases } from '../../activities/ports/databases';
import type { Secrets } from '../../activities/ports/secrets';
import type { Spec } from '../../workflows/runbook/spec';
import { missing, ok, said, type Finding } from './finding';

/** How long connecting and asking may take, in milliseconds. */
const patience = 10_000;

/** The database answers, and the tools that dump it are here and fit it. Nothing where no step of the spec needs them. */
export async function checkDatabase(databases: Databases, secrets: Secrets, { database, off }: Spec): Promise<readonly Finding[]> {
  if (!database) return [];
  const isOn = (section: string, line: string): boolean => off[section] === undefined && off[line] === undefined;
  const dumps = database.backup?.folder !== undefined && isOn('checklist', 'checklist.backup');
  const migrates = database.migrations !== undefined && (isOn('2.0m', '2.0m') || isOn('checklist', 'checklist.migrations'));
  if (!dumps && !migrates) return [];
  const about = 'database';
  try {
    const place = { url: await secrets.resolve(database.url), tools: database.tools };
    const fit = await databases.checkTools(place, { signal: AbortSignal.timeout(patience), timeout: patience });
    return [ok(about, `${databases.shown(place)}: ${fit}`)];
  } catch (error) {
    return [missing(about, said(error), 'The exec worker reaches the database: provide secret, tools and network where it runs.')];
  }
}
