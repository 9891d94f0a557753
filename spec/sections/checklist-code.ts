import * as grammar from '../grammar';
import { choice, duration, fraction, map, section, text } from '../scalars';
import { command, commandKeys } from './command';
import { tokenName } from './token';

export const code = section({
  prepare: command.exactOptional().describe('Runs first in the checkout of each command, such as npm ci; each has a checkout of its own.'),
  types: command.exactOptional().describe('The types compile.'),
  tests: command.exactOptional().describe('The tests pass.'),
  coverage: section({
    ...commandKeys,
    summary: text(grammar.relativeDirectory)
      .prefault('coverage/coverage-summary.json')
      .describe('JSON summary that the command writes, below its directory: counts of statements and branches (json-summary).'),
    statements: fraction().prefault(0.8).describe('Statements that must be covered at least; fraction of one (runbook: 0.8, 80 %).'),
    branches: fraction().prefault(0.7).describe('Branches that must be covered at least; fraction of one (runbook: 0.7, 70 %).'),
  })
    .exactOptional()
    .describe('The tests cover enough.'),
  boundaries: command.exactOptional().describe("The architecture's boundaries hold."),
  lint: command.exactOptional().describe('Lint finds nothing.'),
  hooks: command.exactOptional().describe('The commit hooks pass on all files.'),
  ci: section({
    name: text(grammar.title).prefault('CI').describe('Name of the source in receipts.'),
    url: text(grammar.commitUrl).describe('Where the results of a commit are asked for; {commit} is replaced.'),
    token: tokenName().exactOptional().describe('Name below tokens: sent as "Authorization: Bearer".'),
    kind: choice(['check-runs', 'statuses', 'json'])
      .prefault('check-runs')
      .describe('How the answer is read: check runs or commit statuses as GitHub has them, or a field of any JSON.'),
    checks: map(grammar.shortName, text(grammar.title), 'lines to checks').describe(
      'Lines of the code (types, tests, coverage, boundaries, lint, hooks) to their check there: its name, its context, or the path of the field.',
    ),
    passes: text(grammar.title).prefault('success').describe('Value of the field that means passed, with json alone.'),
    wait: duration().prefault('10m').describe('How long a check that still runs is waited for; a duration.'),
  })
    .exactOptional()
    .describe('Where a CI has checked the commit already: lines that its result stands for, instead of a command here.'),
});
