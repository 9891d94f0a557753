import { codeOf, failure, quote } from '../../failures';

/** The failure of the catalogue for an error of driver or server. Of its text only that of classes that quote no row is told. */
export function databaseFailure(error: unknown, what: string, where: string): Error {
  const code = codeOf(error, 'no code');
  const message = error instanceof Error ? error.message : '';
  const said = quotable.test(code) ? `: ${quote(message, 200)}` : '';
  const sentence = `${what} at ${where} failed (${code})${said}`;
  for (const [pattern, type, remedy] of kinds) if (pattern.test(code)) return failure(type, sentence, { remedy });
  if (/certificate|self.signed|UNABLE_TO|ERR_TLS|does not support SSL/i.test(`${code} ${message}`)) {
    return failure('Misconfigured', `${what} at ${where}: the server's certificate does not pass (${code})`, {
      remedy: "Give the URL's sslrootcert the file of its authority, or say sslmode=require to go without verification.",
    });
  }
  if (/terminated|closed|timeout/i.test(message))
    return failure('Unavailable', `${what} at ${where}: the connection broke`, {
      remedy: 'Check that the server runs; it is tried again.',
    });
  return failure('CommandFailed', sentence, { remedy: "Look into the database server's log, then retry." });
}

/** Classes whose messages name objects, not values of rows. */
const quotable = /^(?:0A|26|28|2B|3D|3F|42|53|54|55|57)\w{3}$/;
const kinds = [
  [/^28\w{3}$/, 'Forbidden', 'Correct user and password in the secret that the spec names.'],
  [/^42501$/, 'Forbidden', 'Give the role the right that is named; scratch databases need CREATEDB.'],
  [/^3D000$/, 'NotFound', 'Correct the name of the database in the secret that the spec names.'],
  [/^(?:08|53|57)\w{3}$/, 'Unavailable', 'Check that the server runs and has connections left; it is tried again.'],
  [/^E(?:CONN|HOST|NET|PIPE|TIMEDOUT|AI_|NOTFOUND)/, 'Unavailable', 'Check that the server runs and can be reached from this worker.'],
] as const;

/** The failure for a tool that ended with another code than 0. Only its own lines are told: what follows them may quote rows. */
export function toolFailure(tool: string, code: number | null, tail: string, where: string): Error {
  const lines = tail.split('\n').filter((line) => line.startsWith(`${tool}: error:`));
  const said = quote(
    lines
      .map((line) => line.slice(`${tool}: error: `.length))
      .slice(0, 3)
      .join(' | '),
    300,
  );
  const how = code === null ? 'a signal' : `code ${code}`;
  const sentence = `${tool} of ${where} ended with ${how}${said ? `: ${said}` : ''}`;
  if (/version mismatch|unsupported version|unrecognized configuration parameter/.test(tail))
    return failure('Misconfigured', sentence, { remedy: "Let database.tools name the tools of the server's own major version." });
  if (/password authentication failed|permission denied|must be owner|row-level security/.test(tail))
    return failure('Forbidden', sentence, { remedy: 'Give the role the right that is named, or another role to the secret.' });
  if (/connection to server|could not connect|terminating connection|server closed the connection/.test(tail))
    return failure('Unavailable', sentence, { remedy: 'Check that the server runs; it is tried again.' });
  return failure('CommandFailed', sentence, { remedy: 'Mend what it names, then retry.' });
}
