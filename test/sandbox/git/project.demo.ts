import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execActivities } from '../../../activities';
import { createCommands } from '../../../activities/ports/commands/adapter';
import { createGit } from '../../../activities/ports/git/adapter';
import { findProject } from '../../../sandbox/git/project';
import { type GitRemote, makeRemote } from '../../../sandbox/git/remote';
import { pointChecklistAt, toolsOf } from '../../../sandbox/world/overrides';
import { plannedRelease } from '../../../workflows/runbook/release';
import { codeLines } from '../../../workflows/runbook/pre-deployment/code';
import { codeLineNames, type CodeLineName } from '../../../workflows/runbook/pre-deployment/ids';
import type { ChecklistLine } from '../../../workflows/runbook/step';
import { fakePorts } from '../../fakes/ports';
import { testRequest } from '../../workflows/test-request';
import { analyticsSpec } from '../specs';
import { run } from '../../activities/run';

// The project's scripts are Node's: the one that runs the tests.
const environment = { PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`, HOME: tmpdir() };
let directory: string;
let remote: GitRemote;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sandbox-project-'));
  remote = await makeRemote(findProject(), directory);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Makes every line of the code's quality on the tip of main, as the exec worker would, and tells how each failed. */
async function check(): Promise<Readonly<Partial<Record<CodeLineName, string>>>> {
  const ports = fakePorts({ git: createGit(environment), commands: createCommands(environment) });
  const activities = execActivities(ports) as unknown as Readonly<Record<string, (input: unknown) => Promise<unknown>>>;
  const { checklist = {}, ...spec } = analyticsSpec();
  const withTools = pointChecklistAt(checklist, toolsOf(checklist));
  const tip = (await ports.git.remoteRefs(remote.url, 'main', AbortSignal.timeout(20_000))).get('refs/heads/main')?.object ?? '';
  const request = testRequest({ spec: { ...spec, checklist: withTools, tag: { ...spec.tag, remote: remote.url } }, commit: tip });
  const failed: Partial<Record<CodeLineName, string>> = {};
  const perform = (line: ChecklistLine) =>
    line.perform({
      prove: () => Promise.reject(new Error('lines of code are commands')),
      check: async (step, input) => {
        const activity = activities[step.does];
        if (!activity) throw new Error(`no activity ${step.does}`);
        await run(activity, input as unknown).catch((error: unknown) => {
          failed[line.id.replace('checklist.', '') as CodeLineName] = (error as Error).message;
        });
      },
    });
  for (const line of codeLines({ request, release: plannedRelease(request) })) await perform(line);
  return failed;
}

describe("the project of the sandbox's git remote", () => {
  test('passes all six lines of the code quality by the commands of the default spec', async () => {
    expect(await check()).toEqual({});
  });

  const told: Readonly<Record<CodeLineName, RegExp>> = {
    types: /src\/trends\.ts\(\d+,\d+\): error TS2305: Module .* has no exported member 'Session'/,
    tests: /npm test .*ended with code 1: .*likes are never more than views/s,
    coverage: /^Coverage: \d\d\.\d % of statements are covered, at least 80 % must be/,
    boundaries: /src\/events\.ts: events may not import trends/,
    lint: /src\/cache\.ts:\d+ no-var: /,
    hooks: /README\.md: a merge that was not finished/,
  };
  /** A run with a failing test proves no coverage either. */
  const withIt: Readonly<Partial<Record<CodeLineName, readonly CodeLineName[]>>> = { tests: ['coverage'] };

  test.each(codeLineNames)('fails the line of %s with the fault of that name, and no other that it need not', async (name) => {
    await remote.break(name);
    try {
      const failed = await check();
      expect(failed[name]).toMatch(told[name]);
      expect(Object.keys(failed).toSorted()).toEqual([name, ...(withIt[name] ?? [])].toSorted());
    } finally {
      await remote.mend();
    }
  });

  test('tells five problems in one run where five faults are set, and none once they are cleared', async () => {
    for (const name of ['types', 'coverage', 'boundaries', 'lint', 'hooks'] as const) await remote.break(name);
    expect(Object.keys(await check())).toHaveLength(5);
    await remote.mend();
    expect(await check()).toEqual({});
  });
});
