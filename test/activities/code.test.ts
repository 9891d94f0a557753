import { describe, expect, test } from '@jest/globals';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execActivities } from '../../activities';
import { judgeCoverage } from '../../activities/code';
import { createCommands } from '../../activities/ports/commands/adapter';
import type { CommandRun, Commands } from '../../activities/ports/commands';
import type { CodeRequest, CoverageRequest } from '../../workflows/runbook/contract';
import type { CommandSpec } from '../../workflows/runbook/spec';
import { fakePorts } from '../fakes/ports';
import { failing, run, type Warned } from './run';

const limits = { summary: 'coverage/coverage-summary.json', statements: 0.8, branches: 0.7 };
const command = (...words: readonly string[]): CommandSpec => ({ command: words, directory: '.', environment: {}, timeout: 5_000 });
const request: CodeRequest = {
  command: command('npm', 'run', 'lint'),
  version: 'v1.0.0',
  stagingUrl: 'https://staging.example.com',
  commit: 'c'.repeat(40),
  remote: 'https://git.example.com/analytics.git',
};
const measured = (statements: readonly [number, number], branches: readonly [number, number]): Buffer => {
  const part = ([covered, total]: readonly [number, number]) => ({ total, covered, skipped: 0, pct: 80 });
  return Buffer.from(JSON.stringify({ total: { statements: part(statements), branches: part(branches) } }));
};

/** Checkouts that are real directories, and commands that are asked instead of run. */
function checkouts(
  answer: (asked: CommandRun) => Promise<number> | number,
  commands?: Commands,
  release: (directory: string) => Promise<void> = () => Promise.resolve(),
) {
  const asked: CommandRun[] = [];
  const open = new Set<string>();
  const ports = fakePorts({
    git: {
      ...fakePorts().git,
      checkout: async () => {
        const directory = await mkdtemp(join(tmpdir(), 'code-test-'));
        open.add(directory);
        await release(directory);
        return {
          directory,
          remove: async () => {
            open.delete(directory);
            await rm(directory, { recursive: true, force: true });
          },
        };
      },
    },
    commands: commands ?? {
      run: async (one) => {
        asked.push(one);
        return {
          code: await answer(one),
          timedOut: false,
          tail: `${'long '.repeat(500)}last line`,
          isWhole: true,
          output: 'e'.repeat(64),
          took: 1_234,
        };
      },
    },
  });
  return { activities: execActivities(ports), asked, open };
}

describe('a line of the code quality', () => {
  test('runs on a checkout of its own, which the spec may make ready first, and which is gone afterwards', async () => {
    const { activities, asked, open } = checkouts(() => 0);
    const receipt = await run(activities.checkCode, { ...request, prepare: command('npm', 'ci') });
    expect(asked.map(({ program, arguments: words }) => [program, ...words])).toEqual([
      ['npm', 'ci'],
      ['npm', 'run', 'lint'],
    ]);
    expect(new Set(asked.map(({ directory }) => directory)).size).toBe(1);
    expect(open.size).toBe(0);
    expect(receipt).toEqual({ took: 1_234, output: 'e'.repeat(64), cached: false });
  });

  test('that passed is known for the same commit and command, and for no other', async () => {
    const { activities, asked } = checkouts(() => 0);
    const cached = async (change: Partial<CodeRequest>) => (await run(activities.checkCode, { ...request, ...change })).cached;
    expect(await cached({})).toBe(false);
    expect(await cached({})).toBe(true);
    expect(await cached({ version: 'v1.0.1' })).toBe(true);
    expect(await cached({ commit: 'd'.repeat(40) })).toBe(false);
    expect(await cached({ command: command('npm', 'run', 'lint', '--', '--release={version}') })).toBe(false);
    expect(await cached({ prepare: command('npm', 'ci') })).toBe(false);
    expect(asked).toHaveLength(5);
  });

  test('that failed is run again, and told with its code, its last lines and the digest of its output', async () => {
    let code = 2;
    const { activities, asked, open } = checkouts(() => code);
    const told = await failing(run(activities.checkCode, request));
    expect(told).toMatchObject({ type: 'CommandFailed', final: true });
    expect(told.message).toMatch(/^npm run lint ended with code 2: .*… \(output eeeeeeeeeeee\)\. Read the rest of its output/);
    code = 0;
    expect(await run(activities.checkCode, request)).toMatchObject({ cached: false });
    expect(asked).toHaveLength(2);
    expect(open.size).toBe(0);
  });

  test('that failed leaves the end of its output in the log of the worker, as its message says', async () => {
    const warned: Warned[] = [];
    await failing(run(checkouts(() => 2).activities.checkCode, request, undefined, warned));
    expect(warned[0]).toMatchObject({ message: 'npm run lint ended with code 2', digest: 'e'.repeat(64) });
    expect(warned[0]?.output).toHaveLength(5 * 500 + 'last line'.length);
  });

  test('hands on no credential that its command prints, whether it passes or fails', async () => {
    const printing = (code: number) => checkouts(() => code, createCommands({ PATH: dirname(process.execPath) })).activities.checkCode;
    const asked = (code: number) => ({
      ...request,
      command: command(
        'node',
        '-e',
        `console.log("401 https://ci:s3cr3t@npm.example.com/x Authorization: Bearer abc.def"); process.exit(${code})`,
      ),
    });
    const warned: Warned[] = [];
    const told = [await run(printing(0), asked(0)), await failing(run(printing(1), asked(1), undefined, warned)), warned[0]];
    expect(JSON.stringify(told)).toContain('https://[REDACTED]@npm.example.com');
    expect(JSON.stringify(told)).not.toMatch(/s3cr3t|abc\.def/);
  });

  test('starts no program that the worker does not allow', async () => {
    const commands = createCommands({ PATH: dirname(process.execPath) }, ['npm', 'node']);
    const { activities } = checkouts(() => 0, commands);
    const told = await failing(run(activities.checkCode, { ...request, command: command('curl', 'https://example.com') }));
    expect(told).toMatchObject({ type: 'Misconfigured', message: 'This worker may not start curl. It may start: npm, node.' });
  });
});

describe('coverage', () => {
  const covering = (write: (directory: string) => Promise<void>) => checkouts(async ({ directory }) => (await write(directory), 0));
  const summary = (text: string | Buffer) => async (directory: string) => {
    await mkdir(join(directory, 'coverage'));
    await writeFile(join(directory, limits.summary), text);
  };
  const asked: CoverageRequest = { ...request, limits };

  test('is read from the summary that the command leaves', async () => {
    const { activities } = covering(summary(measured([802, 1_000], [70, 100])));
    expect(await run(activities.checkCoverage, asked)).toMatchObject({ statements: 0.802, branches: 0.7, cached: false });
    expect(await run(activities.checkCoverage, asked)).toMatchObject({ statements: 0.802, cached: true });
    // Stricter limits are another question.
    expect(await failing(run(activities.checkCoverage, { ...asked, limits: { ...limits, branches: 0.71 } }))).toMatchObject({
      type: 'CheckFailed',
    });
  });

  test.each([
    [measured([799, 1_000], [90, 100]), /^Coverage: 79\.9 % of statements are covered, at least 80 % must be\. Test what is not covered/],
    [measured([79_999, 100_000], [1, 1]), /^Coverage: 79\.9 % of statements/],
    [measured([90, 100], [699, 1_000]), /^Coverage: 69\.9 % of branches are covered, at least 70 % must be\./],
    [measured([1, 100], [1, 100]), /^Coverage: 1 % of statements .*; 1 % of branches/],
    [measured([0, 0], [1, 1]), /^Coverage is not known: no statements were counted/],
    [Buffer.from('{"total":{"statements":{"pct":100},"branches":{"pct":100}}}'), /^Coverage is not known: it has no whole numbers/],
    [Buffer.from('{"total":{"statements":{"total":1,"covered":2}}}'), /^Coverage is not known: it has no whole numbers/],
    [Buffer.from('all is well'), /^Coverage is not known: coverage\/coverage-summary\.json is not JSON/],
  ])('that is too low or not known is no pass: %s', (text, words) => {
    expect(() => judgeCoverage(text, limits)).toThrow(words);
  });

  test('of 80 % and 70 % passes, to the last statement', () => {
    expect(judgeCoverage(measured([80, 100], [7, 10]), limits)).toEqual({ statements: 0.8, branches: 0.7 });
  });

  test('is not known by a summary that somebody has committed', async () => {
    const { activities } = checkouts(() => 0, undefined, summary(measured([1, 1], [1, 1])));
    expect((await failing(run(activities.checkCoverage, asked))).message).toMatch(
      /the command left no file coverage\/coverage-summary\.json/,
    );
  });

  test('is not known where the command leaves no summary, or one that lies elsewhere', async () => {
    const nothing = covering(() => Promise.resolve());
    expect((await failing(run(nothing.activities.checkCoverage, asked))).message).toMatch(
      /the command left no file coverage\/coverage-summary\.json/,
    );
    const elsewhere = join(tmpdir(), `summary-${process.pid}.json`);
    await writeFile(elsewhere, measured([1, 1], [1, 1]));
    const led = covering(async (directory) => {
      await mkdir(join(directory, 'coverage'));
      await symlink(elsewhere, join(directory, limits.summary));
    });
    expect((await failing(run(led.activities.checkCoverage, asked))).message).toMatch(/the command left no file/);
    await rm(elsewhere);
  });
});
