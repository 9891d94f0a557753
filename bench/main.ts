/** npm run bench: measures what is promised, prints goal beside figure. A missed goal is told, and is no failure. */
import { performance } from 'node:perf_hooks';
import { describeMachine, watchMachine } from './machine';
import type { Metric } from './metric';
import { metrics } from './metrics';
import { readOptions, usage, type Options } from './options';
import { headOf, summaryOf, textOf, type Measured } from './report';
import { verdictOf } from './rows';
import { openStage, type Stage } from './stage';

async function main(options: Options): Promise<void> {
  const stage = await openStage(options.file);
  try {
    const machine = describeMachine(stage.serverVersion);
    if (!options.json) say(`${headOf(machine, options.full, options.file)}\n`);
    const chosen = metrics.filter(({ id }) => options.only.length === 0 || options.only.includes(id));
    const all: Measured[] = [];
    for (const metric of chosen) {
      const measured = await measure(metric, stage, options.full);
      all.push(measured);
      if (!options.json) say(`${textOf(measured)}\n`);
    }
    say(
      options.json ? JSON.stringify({ machine, full: options.full, file: options.file, metrics: all.map(withVerdicts) }) : summaryOf(all),
    );
  } finally {
    await stage.close();
  }
}

async function measure(metric: Metric, stage: Stage, full: boolean): Promise<Measured> {
  const began = performance.now();
  const watched = watchMachine();
  const rows = await metric.measure(stage, full);
  const { id, title, notes } = metric;
  return { metric: { id, title, notes }, rows, seconds: (performance.now() - began) / 1_000, quiet: watched() };
}

const withVerdicts = (measured: Measured) => ({ ...measured, rows: measured.rows.map((row) => ({ ...row, verdict: verdictOf(row) })) });
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const known = metrics.map(({ id }) => id);
try {
  const options = readOptions(process.argv.slice(2), known);
  main(options).then(
    () => process.exit(0),
    (error: unknown) => fail(error),
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nUsage: ${usage}\n`);
  process.exitCode = 2;
}

function fail(error: unknown): void {
  process.stderr.write(`The measurement stopped: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
