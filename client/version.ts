import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The package's folder, from the sources as from dist/. */
export function packageRoot(): string {
  const above = dirname(__dirname);
  return above.endsWith('dist') ? dirname(above) : above;
}

/** This tool's version, as package.json has it. */
export function toolVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return version;
}
