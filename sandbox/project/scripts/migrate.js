/** Migrations of plain SQL: migrations/NAME.up.sql and NAME.down.sql, noted in schema_migrations. psql finds the database by PGHOST and its kind. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = 'migrations';
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.up.sql'))
  .map((file) => file.slice(0, -'.up.sql'.length))
  .sort();

/** Runs psql without a shell; what it says is all that is said when it fails. */
function psql(...words) {
  const always = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1'];
  const { status, stdout, stderr, error } = spawnSync(process.env.PSQL ?? 'psql', [...always, ...words], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  console.error(error ? `psql: ${error.message}` : stderr.trim());
  process.exit(1);
}

/** A migration and its note in one transaction: both, or neither. */
function run(name, direction, note) {
  psql('--single-transaction', `--file=${join(folder, `${name}.${direction}.sql`)}`, `--command=${note}`);
  console.log(`${direction} ${name}`);
}

const applied = psql('--command=select name from schema_migrations order by name').split('\n').filter(Boolean);
const steps = Number(process.argv.find((word) => word.startsWith('--steps='))?.slice('--steps='.length) ?? 1);
const verbs = {
  list: () => names.forEach((name) => console.log(`${applied.includes(name) ? 'applied' : 'pending'} ${name}`)),
  up: () =>
    names
      .filter((name) => !applied.includes(name))
      .forEach((name) => run(name, 'up', `insert into schema_migrations (name) values ('${name}')`)),
  down: () =>
    applied
      .toReversed()
      .slice(0, steps)
      .forEach((name) => run(name, 'down', `delete from schema_migrations where name = '${name}'`)),
};
const verb = verbs[process.argv[2]];
if (!verb) {
  console.error('Say list, up, or down --steps=N.');
  process.exit(1);
}
verb();
