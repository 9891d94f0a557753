import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Variables that connect a client to one server and let it look at no profile or file of the user, nor keep reports among the user's. */
export type Connection = Readonly<Record<'TEMPORAL_ADDRESS' | 'TEMPORAL_CONFIG_FILE' | 'ANALYTICS_DEPLOY_REPORTS', string>>;

/** Connects clients and workers to a server of ours alone. The folder keeps the reports, and the empty configuration file that stands for the user's. */
export function connectionTo(address: string, folder: string): Connection {
  const file = join(folder, 'temporal.toml');
  writeFileSync(file, '[profile.default]\n');
  return { TEMPORAL_ADDRESS: address, TEMPORAL_CONFIG_FILE: file, ANALYTICS_DEPLOY_REPORTS: join(folder, 'reports') };
}

/** The environment without any setting of Temporal: those of the user have no say in demo, tests and measurements. */
export function withoutTemporal(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
