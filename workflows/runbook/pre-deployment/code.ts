/** Runbook, pre-deployment checklist: code quality, on the files of the release's commit. */
import type { CommandReceipt, CommandRequest } from '../contract';
import type { Check, ChecklistLine, Context } from '../step';
import type { ChecklistLineId } from './ids';
import { line } from './line';

const titles = {
  types: 'types compile',
  tests: 'tests pass',
  boundaries: 'architecture boundaries hold',
  lint: 'lint finds nothing',
  hooks: 'commit hooks pass',
} as const;
type CodeLine = keyof typeof titles;

/** One command of the spec as a line. */
function codeCheck(name: CodeLine): Check<CommandRequest, CommandReceipt> & { readonly id: ChecklistLineId } {
  return {
    kind: 'check',
    id: `checklist.${name}`,
    title: titles[name],
    does: 'runCommand',
    policy: 'execute',
    summary: ({ command }) => command.command.join(' '),
    takes: ({ command }) => command.timeout / 10,
    ifItFails: 'ask',
    receipt: ({ took }) => `passed in ${Math.round(took / 1000)} s`,
  };
}

export function codeLines({ request: { spec }, release }: Context): readonly ChecklistLine[] {
  const code = spec.checklist?.code;
  if (!code) return [];
  const on = { version: release.version, stagingUrl: spec.staging.url, commit: release.commit, remote: spec.tag.remote };
  return (Object.keys(titles) as CodeLine[]).flatMap((name) => {
    const command = code[name];
    return command ? [line(codeCheck(name), { ...on, command })] : [];
  });
}
