import { describe, expect, test } from '@jest/globals';
import { builtinModules } from 'node:module';
import { type Import, importsOf, loadedWith, sourcesBelow } from './imports';
import { isAllowed, isBelow, type Row, rowOf, startUp, table, vendors } from './rules';

const folders = ['workflows', 'activities', 'worker', 'spec', 'client', 'sandbox'];
const imports = folders.flatMap((folder) => sourcesBelow(folder).flatMap(importsOf));
const say = ({ file, target, when }: Import): string => `${file} → ${target}${when === 'late' ? ' (late)' : ''}`;
const isOfProject = (target: string): boolean => target.includes('/') && folders.some((folder) => isBelow(target, folder));

/** A type alone binds nobody at run time, but the runbook and the workflows are not to know others even by name. */
function mayImport(row: Row, { target, when }: Import): boolean {
  if (!isOfProject(target)) return isAllowed(target, row.packages);
  const isNamed = when === 'types' && isBelow(row.folder, 'client') && isBelow(target, 'activities/ports');
  return isNamed || row.from.some((part) => isBelow(target, part));
}

test('there are imports to look at', () => expect(imports.length).toBeGreaterThan(200));

describe('imports point one way', () => {
  test.each(table.map((row) => [row.folder, row] as const))('%s', (_, row) => {
    const own = imports.filter(({ file }) => rowOf(file) === row);
    expect(own.filter((one) => !mayImport(row, one)).map(say)).toEqual([]);
  });

  test('every source stands in the table', () => {
    expect(folders.flatMap(sourcesBelow).filter((file) => rowOf(file) === undefined)).toEqual([]);
  });

  test('nobody imports the client', () => {
    expect(imports.filter(({ file, target }) => isBelow(target, 'client') && !isBelow(file, 'client')).map(say)).toEqual([]);
  });

  test('modules of Node are named as such', () => {
    expect(imports.filter(({ target }) => builtinModules.includes(target)).map(say)).toEqual([]);
  });
});

test("loading the activities loads no vendor's library: adapters are passed in", () => {
  const own = sourcesBelow('activities').filter((file) => !isBelow(file, 'activities/ports'));
  const loaded = own.flatMap((file) =>
    [...loadedWith(file)].filter((target) => vendors.some((vendor) => vendor === target)).map((target) => `${file} → ${target}`),
  );
  expect(loaded).toEqual([]);
});

test('the command line loads nothing but itself before a command is chosen', () => {
  const loaded = [...loadedWith(startUp.file)];
  expect(loaded.length).toBeGreaterThan(1);
  const { from, late, packages } = startUp;
  const isFine = (target: string): boolean =>
    isOfProject(target)
      ? from.some((part) => isBelow(target, part)) && !late.some((part) => isBelow(target, part))
      : isAllowed(target, packages);
  const tooMuch = loaded.filter((target) => !isFine(target));
  expect(tooMuch).toEqual([]);
});
