import { failure } from '../../failures';
import type { Commands } from '../commands';
import { runProcess } from './process';

/** Programs of the machine. `allowed` names those that the spec may start; all where it is absent. */
export function createCommands(environment: Readonly<Record<string, string | undefined>>, allowed?: readonly string[]): Commands {
  const always = Object.fromEntries(
    ['PATH', 'HOME'].flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
  return {
    async run(command) {
      if (allowed && !allowed.includes(command.program)) {
        throw failure('Misconfigured', `This worker may not start ${command.program}`, { remedy: `It may start: ${allowed.join(', ')}.` });
      }
      return runProcess({ ...command, environment: { ...always, ...command.environment } });
    },
  };
}
