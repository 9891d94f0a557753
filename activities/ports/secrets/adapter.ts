import { readFile } from 'node:fs/promises';
import { failure } from '../../failures';
import { Secret, type Secrets } from '../secrets';

/** Secrets from the worker's environment and files. */
export function createSecrets(environment: Readonly<Record<string, string | undefined>>): Secrets {
  return {
    async resolve(reference) {
      const place = reference.slice(reference.indexOf(':') + 1);
      const value = reference.startsWith('env:') ? environment[place] : await readFile(place, 'utf8').catch(() => undefined);
      const secret = value?.trim();
      if (!secret) {
        throw failure('Misconfigured', `The secret ${reference} is not there`, {
          remedy: reference.startsWith('env:') ? `Set ${place} where the worker runs.` : `Make ${place} readable for the worker.`,
        });
      }
      return new Secret(secret);
    },
  };
}
