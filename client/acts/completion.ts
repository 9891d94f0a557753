import { commonOptions, type Command, type Context } from '../command';
import { commands } from '../commands';
import { exitCodes } from '../exit-codes';
import { tool } from '../help';
import { wrongUsage } from '../problems';

const shells: Readonly<Record<string, (all: readonly Command[]) => string>> = { bash, zsh, fish };

/** Prints the completion of one shell, made of the records. */
export async function completion({ arguments: { shell = '' }, out }: Context): Promise<number> {
  const write = shells[shell];
  if (!write) throw wrongUsage(`"${shell}" is no shell that we know: ${Object.keys(shells).join(', ')}.`);
  const script = write(commands);
  out.say(script);
  out.data({ shell, script });
  return exitCodes.ok;
}

/** Long options of a command. */
function optionsOf({ options = [] }: Command): readonly string[] {
  return [...options, ...commonOptions].flatMap(({ flags }) => flags.match(/--[\w-]+/)?.[0] ?? []);
}

function bash(all: readonly Command[]): string {
  return [
    `_analytics_deploy() {`,
    `  local current="\${COMP_WORDS[COMP_CWORD]}"`,
    `  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${all.map(({ name }) => name).join(' ')}" -- "$current")); return; fi`,
    `  case "\${COMP_WORDS[1]}" in`,
    ...all.map(
      (command) =>
        `    ${command.name}) COMPREPLY=($(compgen -W "${optionsOf(command).join(' ')}" -- "$current") $(compgen -f -- "$current"));;`,
    ),
    `  esac`,
    `}`,
    `complete -F _analytics_deploy ${tool}`,
  ].join('\n');
}

function zsh(all: readonly Command[]): string {
  return ['autoload -U +X bashcompinit && bashcompinit', bash(all)].join('\n');
}

function fish(all: readonly Command[]): string {
  return all
    .flatMap((command) => [
      `complete -c ${tool} -n __fish_use_subcommand -f -a ${command.name} -d '${command.summary.replaceAll("'", "\\'")}'`,
      ...optionsOf(command).map((option) => `complete -c ${tool} -n '__fish_seen_subcommand_from ${command.name}' -l ${option.slice(2)}`),
    ])
    .join('\n');
}
