import { describe } from '@jest/globals';
import type { PartName } from '../../sandbox/parts';
import { partVariable } from '../setup/environment';

type Paths<Name extends PartName> = Readonly<Record<Name, string>>;

/**
 * Tests that need real servers. Where one cannot be had on this machine they are skipped, and their title says which, and how it is
 * installed. The setup has looked for them.
 *
 * @param tests is given the paths of the executables
 */
export function describeWithParts<Name extends PartName>(
  title: string,
  names: readonly Name[],
  tests: (executables: Paths<Name>) => void,
): void {
  const missing = missingParts(names);
  const paths = Object.fromEntries(names.map((name) => [name, saidOf(name)])) as Paths<Name>;
  if (missing.length === 0) describe(title, () => tests(paths));
  else describe.skip(`${title} (skipped: ${missing.join('; ')})`, () => tests(paths));
}

/** Why real servers are not there, for each that is not. */
export function missingParts(names: readonly PartName[]): readonly string[] {
  return names.map(saidOf).filter((said) => said.startsWith('no '));
}

const saidOf = (name: PartName): string => process.env[partVariable(name)] ?? 'no setup has looked for it';
