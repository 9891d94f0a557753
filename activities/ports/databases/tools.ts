import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure } from '../../failures';
import { runProcess } from '../commands/process';
import type { DatabasePlace, Limits } from '../databases';
import type { Address } from './address';
import { toolFailure } from './errors';

type Environment = Readonly<Record<string, string | undefined>>;
export type Tool = 'pg_dump' | 'pg_restore';

/** A tool of PostgreSQL, without a shell. */
export interface Tools {
  /** Runs it against a database, or against none. @throws CommandFailed and its kind, also after the limit. */
  run(tool: Tool, place: DatabasePlace, words: readonly string[], limits: Limits, connection?: Connection): Promise<string>;
}
export interface Connection {
  readonly address: Address;
  readonly shown: string;
  /** Name under which the server knows its sessions. */
  readonly application: string;
}

/** The tools of a folder, or of PATH. `allowed` names the programs that a spec may start; all where it is absent. */
export function createTools(environment: Environment, allowed?: readonly string[]): Tools {
  const kept = Object.fromEntries(
    ['PATH', 'LD_LIBRARY_PATH'].flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
  return {
    async run(tool, { tools }, words, { signal, timeout }, connection) {
      const program = tools === undefined ? tool : join(tools, tool);
      if (allowed && !allowed.includes(program))
        throw failure('Misconfigured', `This worker may not start ${program}`, { remedy: `It may start: ${allowed.join(', ')}.` });
      const { code, timedOut, tail } = await runProcess({
        program,
        arguments: words,
        directory: tmpdir(),
        environment: { ...kept, LC_ALL: 'C', ...(connection ? connectionVariables(connection.address, connection.application) : {}) },
        timeout: Math.max(Math.ceil(timeout), 1),
        signal,
      });
      const where = connection?.shown ?? 'a dump';
      if (timedOut)
        throw failure('CommandFailed', `${tool} of ${where} took longer than ${Math.ceil(timeout / 1_000)} s and was stopped`, {
          remedy: 'Look what holds it up, or raise the deadline in the spec; then retry.',
        });
      if (code !== 0) throw toolFailure(tool, code, hide(tail, connection?.address.password), where);
      return tail;
    },
  };
}

/** Where libpq finds a database: nothing of it stands in an argument, which every user of the machine can read. */
export function connectionVariables(address: Address, application?: string): Readonly<Record<string, string>> {
  const { host, port, user, password, database, ssl, rootCertificate } = address;
  return {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGDATABASE: database,
    PGPASSWORD: password,
    PGSSLMODE: ssl,
    PGCONNECT_TIMEOUT: '10',
    ...(rootCertificate === undefined ? {} : { PGSSLROOTCERT: rootCertificate }),
    ...(application === undefined ? {} : { PGAPPNAME: application }),
  };
}

function hide(text: string, secret: string | undefined): string {
  return secret ? text.replaceAll(secret, '[REDACTED]') : text;
}
