import { loadClientConnectConfig } from '@temporalio/envconfig';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionTo, withoutTemporal } from '../../../sandbox/temporal/connection';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'analytics-deploy-connection-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a server of ours is reached whatever the user's own profile, file and address say", async () => {
  const users = join(folder, 'users.toml');
  await writeFile(users, '[profile.prod]\naddress = "prod.example.com:7233"\nnamespace = "prod"\napi_key = "secret"\n');
  const user = {
    HOME: folder,
    TEMPORAL_PROFILE: 'prod',
    TEMPORAL_CONFIG_FILE: users,
    TEMPORAL_ADDRESS: '192.0.2.1:7233',
    TEMPORAL_TLS: 'true',
  };
  const connect = (env: NodeJS.ProcessEnv) => loadClientConnectConfig({ overrideEnvVars: env as Record<string, string> });
  expect(connect(user).namespace).toBe('prod');
  const ours: NodeJS.ProcessEnv = { ...withoutTemporal(user), ...connectionTo('127.0.0.1:1', folder) };
  expect(ours['HOME']).toBe(folder);
  const { connectionOptions, namespace } = connect(ours);
  expect(connectionOptions.address).toBe('127.0.0.1:1');
  expect(connectionOptions.tls ?? false).toBe(false);
  expect(namespace ?? 'default').toBe('default');
});
