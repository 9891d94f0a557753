import { inspect } from 'node:util';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../activities/ports/secrets';
import { createSecrets } from '../../../activities/ports/secrets/adapter';
import { failing } from '../run';

describe('a secret', () => {
  test('prints [REDACTED] however it is printed', () => {
    const secret = new Secret('hunter2');
    const printed = [
      String(secret),

      JSON.stringify({ secret }),
      inspect({ secret }),
      inspect(secret, { showHidden: true, depth: 9 }),
      JSON.stringify(Object.entries(secret)),
    ];
    expect(printed.join(' ')).not.toContain('hunter2');
    expect(secret.reveal()).toBe('hunter2');
  });

  test('is read at the moment of use, from the environment or a file', async () => {
    const environment: Record<string, string> = { TOKEN: 'one' };
    const secrets = createSecrets(environment);
    environment.TOKEN = 'two';
    expect((await secrets.resolve('env:TOKEN')).reveal()).toBe('two');
    const directory = await mkdtemp(join(tmpdir(), 'secret-'));
    await writeFile(join(directory, 'token'), 'three\n');
    expect((await secrets.resolve(`file:${directory}/token`)).reveal()).toBe('three');
    await rm(directory, { recursive: true });
  });

  test.each(['env:MISSING', 'env:EMPTY', 'file:/nowhere/token'] as const)(
    'that is not there (%s) is told by its name and the remedy',
    async (reference) => {
      const told = await failing(createSecrets({ EMPTY: '' }).resolve(reference));
      expect(told).toMatchObject({ type: 'Misconfigured', final: true, remedy: expect.any(String) });
      expect(told.message).toContain(reference);
    },
  );
});
