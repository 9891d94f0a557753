import { describe, expect, test } from '@jest/globals';
import { commands } from '../../client/commands';
import { helpOf, overview } from '../../client/help';

describe('help', () => {
  test('no two commands have the same name', () => {
    const names = commands.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(commands.map((command) => [command.name, command] as const))(
    '%s explains itself with an example that can be pasted',
    (name, command) => {
      const help = helpOf(command);
      expect(help).toContain(`Usage: analytics-deploy ${name}`);
      expect(command.example).toMatch(new RegExp(`analytics-deploy ${name}\\b`));
      expect(help).toContain(`Example: ${command.example}`);
      for (const option of ['--json', '--quiet', '--no-color']) expect(help).toContain(option);
    },
  );

  test.each(commands.map((command) => [command.name, command] as const))("%s's options in its example exist", (_, command) => {
    const known = helpOf({ ...command, example: '' });
    for (const option of command.example.match(/--[a-z-]+/g) ?? []) expect(known).toContain(option);
  });

  test('the overview and every help fit 80 columns, but for examples', () => {
    const texts = [overview(commands, '1.0.0'), ...commands.map(helpOf)].flatMap((text) => text.split('\n'));
    expect(texts.filter((line) => line.length > 80 && !line.startsWith('Example:'))).toEqual([]);
  });
});
