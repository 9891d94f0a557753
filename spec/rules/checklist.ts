import { codeLineNames, type CodeLineName } from '../../workflows/runbook/pre-deployment/ids';
import { nearest } from '../nearest';
import type { Finding } from '../problems';
import { rule } from './rule';

const isLine = (name: string): name is CodeLineName => (codeLineNames as readonly string[]).includes(name);

export const ciChecksAreLines = rule("a CI's checks stand for lines of the code", ['checklist'], ({ checklist }) => {
  const { ci, ...commands } = checklist?.code ?? {};
  return Object.keys(ci?.checks ?? {}).flatMap((name): readonly Finding[] => {
    const path = ['checklist', 'code', 'ci', 'checks', name];
    if (!isLine(name)) {
      const similar = nearest(name, codeLineNames);
      const remedy = similar ? { remedy: `Did you mean ${similar}?` } : {};
      return [{ path, problem: 'is no line', expected: `the lines are ${codeLineNames.join(', ')}`, atKey: true, ...remedy }];
    }
    if (!commands[name]) return [];
    const expected = 'a line has one source: a check of the CI, or a command';
    return [{ path, problem: `stands beside the command checklist.code.${name}`, expected, atKey: true, remedy: 'Take one of them out.' }];
  });
});

/** A line that is left out and a line that is switched off are one decision, and it has a reason. */
export const missingLinesAreOff = rule('lines of the code without a source are off', ['checklist', 'off'], ({ checklist, off }) => {
  const code = checklist?.code;
  if (!code) return [];
  return codeLineNames
    .filter((name) => !code[name] && !Object.hasOwn(code.ci?.checks ?? {}, name) && !Object.hasOwn(off, `checklist.${name}`))
    .map((name) => ({
      path: ['checklist', 'code', name],
      problem: 'is missing',
      expected: `the line checklist.${name} needs a command, or a check below ci`,
      remedy: `Add it, or switch the line off with a reason below off: "checklist.${name}": why it does not apply.`,
    }));
});
