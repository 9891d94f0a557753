import { readFile, rm } from 'node:fs/promises';
import type { CodeReceipt, CodeRequest, CoverageReceipt, CoverageRequest } from '../workflows/runbook/contract';
import type { CoverageLimits } from '../workflows/runbook/spec';
import type { Attempt } from './activity';
import { fileInside, fillIn, inCheckout, runInside, type Passed } from './checkout';
import { failure, quote } from './failures';
import { at, parseJson } from './json-shape';
import type { Ports } from './ports';

/** Passes that a worker remembers: those of its last releases. */
const remembered = 200;

/** Code quality (runbook, pre-deployment checklist): commands on a clean checkout of the release's commit. A pass holds for the same commit and command. */
export function codeActivities(ports: Ports) {
  const passes = new Map<string, { readonly took: number }>();

  /** Runs once per commit; a failure is never remembered. */
  async function once<Out extends { readonly took: number }>(
    name: string,
    request: CodeRequest,
    work: () => Promise<Out>,
  ): Promise<Out & { readonly cached: boolean }> {
    const { version, stagingUrl, ...rest } = request;
    const key = fillIn({ version, stagingUrl })(JSON.stringify({ name, ...rest }));
    const known = passes.get(key) as Out | undefined;
    if (known) return { ...known, cached: true };
    const out = await work();
    passes.set(key, out);
    const [oldest] = passes.keys();
    if (passes.size > remembered && oldest !== undefined) passes.delete(oldest);
    return { ...out, cached: false };
  }

  /** In a checkout of its own, made ready by the spec's own command where there is one. */
  const inReadyCheckout = <T>(
    request: CodeRequest,
    signal: AbortSignal,
    work: (directory: string, passed: Passed) => Promise<T>,
    before: (directory: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<T> =>
    inCheckout(ports, request, signal, async (directory) => {
      const fill = { fillIn: fillIn(request) };
      if (request.prepare) await runInside(ports, directory, { ...request.prepare, ...fill }, signal);
      await before(directory);
      return work(directory, await runInside(ports, directory, { ...request.command, ...fill }, signal));
    });

  return {
    checkCode: (request: CodeRequest, { signal }: Attempt): Promise<CodeReceipt> =>
      once('code', request, () => inReadyCheckout(request, signal, (_, { took, output }) => Promise.resolve({ took, output }))),

    checkCoverage: (request: CoverageRequest, { signal }: Attempt): Promise<CoverageReceipt> =>
      once('coverage', request, () =>
        inReadyCheckout(
          request,
          signal,
          async (directory, { took, output }) => {
            const file = await summaryOf(directory, request);
            if (file === null) throw noSummary(`the command left no file ${quote(request.limits.summary, 100)}`);
            return { took, output, ...judgeCoverage(await readFile(file), request.limits) };
          },
          // One that somebody has committed says nothing of this commit.
          async (directory) => {
            const committed = await summaryOf(directory, request);
            if (committed !== null) await rm(committed);
          },
        ),
      ),
  };
}

function summaryOf(directory: string, { command, limits }: CoverageRequest): Promise<string | null> {
  return fileInside(directory, command.directory, limits.summary);
}

/** Pure: what the JSON summary says of statements and branches, each a fraction of one. Fails where one is below its limit, or not measured. */
export function judgeCoverage(summary: Buffer, limits: CoverageLimits): { readonly statements: number; readonly branches: number } {
  const parsed = parseJson(summary);
  if (parsed.kind === 'no-json') throw noSummary(`${quote(limits.summary, 100)} is not JSON`);
  const found = { statements: shareOf(parsed.value, 'statements'), branches: shareOf(parsed.value, 'branches') };
  const low = (['statements', 'branches'] as const).filter((what) => found[what] < limits[what]);
  if (low.length === 0) return found;
  const words = low.map((what) => `${percent(found[what])} of ${what} are covered, at least ${percent(limits[what])} must be`);
  throw failure('CheckFailed', `Coverage: ${words.join('; ')}`, {
    remedy: 'Test what is not covered and release that commit, or waive the line.',
  });
}

/** Covered among all, from the counts: a percentage may have been rounded up. */
function shareOf(summary: unknown, what: 'statements' | 'branches'): number {
  const [total, covered] = [at(summary, `total.${what}.total`), at(summary, `total.${what}.covered`)];
  if (!isCount(total) || !isCount(covered) || covered > total)
    throw noSummary(`it has no whole numbers total.${what}.total and total.${what}.covered`);
  if (total === 0) throw noSummary(`no ${what} were counted`);
  return covered / total;
}
const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

/** Rounded down: 79.96 % is not shown as 80 %. */
function percent(share: number): string {
  return `${Math.floor(share * 1_000 + 1e-9) / 10} %`;
}

function noSummary(why: string): Error {
  return failure('CheckFailed', `Coverage is not known: ${why}`, {
    remedy: "Let the command write a JSON summary (json-summary), and name it in the spec's checklist.code.coverage.summary.",
  });
}
