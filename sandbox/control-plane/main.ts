import { CannotBuild, findPrograms } from './programs';

/** Builds the control plane's programs where they are not there yet, telling how far it is; prints where they are. */
async function main(): Promise<void> {
  const programs = await findPrograms((line) => process.stderr.write(`${line}\n`));
  process.stdout.write(`${JSON.stringify(programs)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof CannotBuild ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(1);
});
