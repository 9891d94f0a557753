/** Runbook, pre-deployment checklist: code quality, on the files of the release's commit. */
import type { CodeReceipt, CodeRequest, CommitStatusReceipt, CommitStatusRequest, CoverageReceipt, CoverageRequest } from '../contract';
import type { CommandSpec } from '../spec';
import type { Check, ChecklistLine, Context } from '../step';
import { codeLineNames, type ChecklistLineId, type CodeLineName } from './ids';
import { line } from './line';

const titles: Readonly<Record<CodeLineName, string>> = {
  types: 'types compile',
  tests: 'tests pass',
  coverage: 'tests cover enough',
  boundaries: 'architecture boundaries hold',
  lint: 'lint finds nothing',
  hooks: 'commit hooks pass',
};
type Line<In, Out> = Check<In, Out> & { readonly id: ChecklistLineId };

const asLine = (name: CodeLineName) => ({ kind: 'check', id: `checklist.${name}`, title: titles[name], ifItFails: 'ask' }) as const;
const took = ({ took: time, cached }: { readonly took: number; readonly cached: boolean }): string =>
  cached ? 'cached: passed on this commit before' : `passed in ${Math.round(time / 1000)} s`;
const percent = (share: number): string => `${Math.floor(share * 1_000 + 1e-9) / 10} %`;

const commandLine = (name: CodeLineName): Line<CodeRequest, CodeReceipt> => ({
  ...asLine(name),
  does: 'checkCode',
  policy: 'execute',
  summary: inWords,
  takes,
  receipt: took,
});

const coverageLine: Line<CoverageRequest, CoverageReceipt> = {
  ...asLine('coverage'),
  does: 'checkCoverage',
  policy: 'execute',
  summary: (request) =>
    `${inWords(request)}, at least ${percent(request.limits.statements)} of statements, ${percent(request.limits.branches)} of branches`,
  takes,
  receipt: (out) => `${percent(out.statements)} of statements, ${percent(out.branches)} of branches; ${took(out)}`,
};

const ciLine = (name: CodeLineName): Line<CommitStatusRequest, CommitStatusReceipt> => ({
  ...asLine(name),
  does: 'readCommitStatus',
  policy: 'wait',
  summary: ({ ci, check }) => `${ci.name}: ${check}`,
  takes: () => 2_000,
  receipt: ({ source, link }) => `passed, says ${source}${link === null ? '' : `: ${link}`}`,
});

/** Each line by its own source: what a CI has found, or a command; none where the spec names neither. */
export function codeLines({ request: { spec }, release }: Context): readonly ChecklistLine[] {
  const code = spec.checklist?.code;
  if (!code) return [];
  const { prepare, coverage, ci } = code;
  const on = { version: release.version, stagingUrl: spec.staging.url, commit: release.commit, remote: spec.tag.remote };
  const ready = { ...on, ...(prepare ? { prepare } : {}) };
  const token = ci?.token === undefined ? undefined : spec.tokens[ci.token];
  return codeLineNames.flatMap((name): readonly ChecklistLine[] => {
    const check = ci?.checks[name];
    if (ci && check !== undefined) {
      const { name: source, url, kind, passes, wait } = ci;
      const asked = { ci: { name: source, url, kind, passes, wait }, check, commit: release.commit };
      return [line(ciLine(name), { ...asked, ...(token ? { token } : {}) })];
    }
    const command: CommandSpec | undefined = code[name];
    if (!command) return [];
    const request = { ...ready, command: bare(command) };
    if (name !== 'coverage' || !coverage) return [line(commandLine(name), request)];
    const { summary, statements, branches } = coverage;
    return [line(coverageLine, { ...request, limits: { summary, statements, branches } })];
  });
}

/** The command without what else stands beside it. */
function bare({ command, directory, environment, timeout }: CommandSpec): CommandSpec {
  return { command, directory, environment, timeout };
}
function inWords({ command }: CodeRequest): string {
  return command.command.join(' ');
}
function takes({ command }: CodeRequest): number {
  return command.timeout / 10;
}
