import * as grammar from '../grammar';
import { duration, list, map, section, text } from '../scalars';

export const commandKeys = {
  command: list(text(grammar.argument), 'words', { least: 1 }).describe(
    'Program and arguments, run without a shell in a checkout of the released commit; {version} and {stagingUrl} are replaced.',
  ),
  directory: text(grammar.relativeDirectory).prefault('.').describe('Directory of the checkout in which it runs.'),
  environment: map(grammar.variableName, text(grammar.lineOfText), 'variables to values')
    .prefault({})
    .describe('Variables that the command gets; {version} and {stagingUrl} are replaced.'),
  timeout: duration({ least: 1 }).prefault('30m').describe('The command is stopped after this; a duration.'),
};

export const command = section(commandKeys);
