import * as grammar from '../grammar';
import { choice, count, duration, flag, list, map, secret, section, text } from '../scalars';

const words = (does: string) =>
  list(text(grammar.argument), 'words', { least: 1 }).describe(`${does} Program and arguments, run without a shell in the checkout.`);

export const database = section({
  url: secret().describe('Connection URL with user and password, as env:NAME or file:/path: postgresql://user:password@host:port/name.'),
  scratch: secret()
    .exactOptional()
    .describe(
      "URL of any database on the server where scratch databases are made, where it is not the database's own; env:NAME or file:/path.",
    ),
  tools: text(grammar.absoluteFolder)
    .exactOptional()
    .describe("Folder of pg_dump and pg_restore, of the server's major version; without it they are found on PATH."),
  backup: section({
    folder: text(grammar.absoluteFolder)
      .exactOptional()
      .describe('Folder of the dumps, which every exec worker sees; not with a snapshot.'),
    keep: count(1, 1000, 'a number of dumps').prefault(5).describe('Dumps that are kept, the newest; older ones are deleted.'),
    deadline: duration({ least: 1 })
      .prefault('1h')
      .describe('How long dump, restore into a scratch database, and comparison may take together; a duration.'),
    snapshot: section({
      name: text(grammar.title).describe('Name of the snapshot: {snapshot} in its proof.'),
      newerThan: duration({ least: 1 }).prefault('24h').describe('How old it may be; a duration.'),
      proof: section({
        command: words(
          'Ends with code 0 where the snapshot is good, and prints the ISO time at which it was taken as its last line; {snapshot} and {version} are replaced.',
        ),
        directory: text(grammar.relativeDirectory).prefault('.').describe('Directory of the checkout in which it runs.'),
        environment: map(grammar.variableName, text(grammar.lineOfText), 'variables to values')
          .prefault({})
          .describe('Variables that the command gets; {snapshot} and {version} are replaced.'),
        timeout: duration({ least: 1 }).prefault('5m').describe('The command is stopped after this; a duration.'),
      }).describe('The command that proves it.'),
    })
      .exactOptional()
      .describe('A managed snapshot of the provider, instead of a dump.'),
  })
    .exactOptional()
    .describe('The backup before a deployment, verified by restoring it.'),
  migrations: section({
    list: words('Prints a line for each migration, oldest first: "applied NAME" or "pending NAME".'),
    up: words('Applies all migrations that are pending.'),
    down: list(text(grammar.argument), 'words', { least: 1 })
      .exactOptional()
      .describe('Takes the newest {steps} migrations back. Program and arguments, run without a shell in the checkout.'),
    directory: text(grammar.relativeDirectory).prefault('.').describe('Directory of the checkout in which the commands run.'),
    environment: map(grammar.variableName, text(grammar.lineOfText), 'variables to values')
      .prefault({})
      .describe(
        'Variables that the commands get, beside the connection as PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE; {version} is replaced.',
      ),
    timeout: duration({ least: 1 }).prefault('15m').describe('A command is stopped after this; a duration.'),
    variable: text(grammar.variableName).prefault('DATABASE_URL').describe('Variable in which the commands find the connection URL.'),
    table: text(grammar.tableName).prefault('schema_migrations').describe('Table in which applied migrations are noted.'),
    kind: choice(['expand', 'contract'])
      .prefault('expand')
      .describe('"expand": the code of before works with the new schema; "contract": it does not, and a gate of its own opens.'),
    reversible: flag()
      .prefault(false)
      .describe('True where "down" may be run while the service runs: it is then the undo. Otherwise a gate of its own opens.'),
  })
    .exactOptional()
    .describe('Migrations of the release (step 2.0m).'),
  restore: section({
    deadline: duration({ least: 1 })
      .prefault('30m')
      .describe('How long a restore may wait for locks and work before it is stopped, and changes nothing; a duration.'),
  })
    .prefault({})
    .describe('Rules of a restore.'),
});
