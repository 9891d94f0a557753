import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretReference, Spec } from '../../workflows/runbook/spec';

/** The tokens of one world: their values for the application, their references for the spec. */
export interface Secrets {
  readonly values: Readonly<Record<string, string>>;
  readonly references: Readonly<Record<string, SecretReference>>;
}

/** Makes a token for every name of the spec and keeps each in a file that only its owner reads. */
export async function makeSecrets({ tokens }: Pick<Spec, 'tokens'>, directory: string): Promise<Secrets> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const made = await Promise.all(
    Object.keys(tokens).map(async (name) => {
      const value = createHash('sha256').update(randomBytes(32)).digest('base64url');
      const path = join(directory, encodeURIComponent(name));
      await writeFile(path, value, { mode: 0o600 });
      return { name, value, reference: `file:${path}` as const };
    }),
  );
  return {
    values: Object.fromEntries(made.map(({ name, value }) => [name, value])),
    references: Object.fromEntries(made.map(({ name, reference }) => [name, reference])),
  };
}
