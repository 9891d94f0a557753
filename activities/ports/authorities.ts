import { readFile } from 'node:fs/promises';
import { getCACertificates, rootCertificates } from 'node:tls';
import { codeOf, failure } from '../failures';

/** The authorities that are trusted: those of a file besides the machine's, as PEM; undefined without a file, for Node's own choice. */
export async function readAuthorities(file: string | undefined): Promise<string[] | undefined> {
  if (file === undefined) return undefined;
  const more = await readFile(file, 'utf8').catch((error: unknown) => {
    throw failure('Misconfigured', `The file of authorities ${file} cannot be read: ${codeOf(error, 'no code')}`, {
      remedy: 'Make it readable for the worker, or correct it in the spec.',
    });
  });
  // Older Nodes know the bundled ones alone.
  const own = (getCACertificates as typeof getCACertificates | undefined)?.('default') ?? rootCertificates;
  return [...own, more];
}
