import type { CommitStatusReceipt, CommitStatusRequest } from '../workflows/runbook/contract';
import type { CommitStatusKind } from '../workflows/runbook/spec';
import type { Attempt } from './activity';
import { failure, quote } from './failures';
import { at, parseJson } from './json-shape';
import type { Ports } from './ports';

const deadline = 20_000;
const pollEvery = 5_000;

/** What a CI says of one check of a commit. */
type Verdict =
  | { readonly kind: 'passed'; readonly link: string | null }
  | { readonly kind: 'running' | 'missing'; readonly words: string }
  | { readonly kind: 'failed'; readonly words: string };

/** The result of a check that a CI made for the release's commit (runbook, pre-deployment checklist: code quality). */
export function commitStatusActivities({ http, secrets, clock }: Ports) {
  return {
    async readCommitStatus({ ci, check, commit, token }: CommitStatusRequest, { signal }: Attempt): Promise<CommitStatusReceipt> {
      const secret = token && (await secrets.resolve(token));
      const until = clock.now() + ci.wait;
      for (;;) {
        const answer = await http.send({
          ...{ method: 'GET', base: ci.url.replaceAll('{commit}', commit), token: secret, deadline, signal },
          headers: { accept: 'application/json' },
        });
        if (answer.status === 429 || answer.status >= 500)
          throw failure('Unavailable', `${ci.name} answered ${answer.status}`, { remedy: 'Wait for it, then retry.' });
        if (answer.status !== 200)
          throw failure(
            answer.status === 401 || answer.status === 403 ? 'Forbidden' : 'NotFound',
            `${ci.name} answered ${answer.status} for commit ${commit.slice(0, 12)}`,
            {
              remedy: 'Check checklist.code.ci.url and its token in the spec, and that the commit was pushed there.',
            },
          );
        const parsed = parseJson(answer.body);
        if (parsed.kind === 'no-json')
          throw failure('CheckFailed', `${ci.name} gave an answer that is not JSON`, {
            remedy: 'Check checklist.code.ci.url in the spec.',
          });
        const verdict = judgeStatus[ci.kind](parsed.value, check, commit, ci.passes);
        if (verdict.kind === 'passed') return { source: ci.name, link: verdict.link };
        if (verdict.kind === 'failed')
          throw failure('CheckFailed', `${ci.name}, ${quote(check, 80)}: ${verdict.words}`, {
            remedy: 'Mend it there and release that commit, or waive the line.',
          });
        if (clock.now() + pollEvery > until)
          throw failure('CheckFailed', `${ci.name}, ${quote(check, 80)}: ${verdict.words} after ${ci.wait / 1_000} s`, {
            remedy: later[verdict.kind],
          });
        await clock.sleep(pollEvery, signal);
      }
    },
  };
}

/** A check that has not begun yet is not there: both are waited for. */
const later = {
  running: 'Wait until it has ended, then retry.',
  missing: 'See that it is started there, or correct its name in checklist.code.ci; then retry.',
} as const;

/** By kind of API: pure. What is not there, or speaks of another commit, is no pass. */
export const judgeStatus: Readonly<Record<CommitStatusKind, (answer: unknown, check: string, commit: string, passes: string) => Verdict>> =
  {
    'check-runs'(answer, check, commit) {
      const runs = listAt(answer, 'check_runs').filter((run) => at(run, 'name') === check);
      // A check that was run again stands twice: the newest counts.
      const run = runs.toSorted((a, b) => textAt(b, 'started_at').localeCompare(textAt(a, 'started_at')))[0];
      if (run === undefined)
        return missing(
          listAt(answer, 'check_runs').map((other) => textAt(other, 'name')),
          at(answer, 'total_count'),
        );
      if (at(run, 'head_sha') !== undefined && at(run, 'head_sha') !== commit) return ofAnother(textAt(run, 'head_sha'));
      if (at(run, 'status') !== 'completed') return { kind: 'running', words: `still ${quote(textAt(run, 'status'), 40)}` };
      return at(run, 'conclusion') === 'success'
        ? { kind: 'passed', link: linkAt(run, 'html_url') }
        : { kind: 'failed', words: `ended with ${quote(textAt(run, 'conclusion'), 40)}` };
    },
    statuses(answer, check, commit) {
      if (at(answer, 'sha') !== undefined && at(answer, 'sha') !== commit) return ofAnother(textAt(answer, 'sha'));
      const status = listAt(answer, 'statuses').find((one) => at(one, 'context') === check);
      if (status === undefined)
        return missing(
          listAt(answer, 'statuses').map((other) => textAt(other, 'context')),
          at(answer, 'total_count'),
        );
      const state = textAt(status, 'state');
      if (state === 'success') return { kind: 'passed', link: linkAt(status, 'target_url') };
      return state === 'pending' ? { kind: 'running', words: 'still pending' } : { kind: 'failed', words: `is ${quote(state, 40)}` };
    },
    json(answer, path, _, passes) {
      const found = at(answer, path);
      if (typeof found !== 'string' && typeof found !== 'boolean')
        return { kind: 'failed', words: `the answer has no text at ${quote(path, 80)}` };
      const state = String(found);
      if (state === passes) return { kind: 'passed', link: null };
      return unfinished.has(state.toLowerCase())
        ? { kind: 'running', words: `still ${state}` }
        : { kind: 'failed', words: `is ${quote(state, 40)}, not ${passes}` };
    },
  };
const unfinished: ReadonlySet<string> = new Set(['pending', 'queued', 'created', 'waiting', 'running', 'in_progress']);

function missing(others: readonly string[], total: unknown): Verdict {
  if (typeof total === 'number' && total > others.length) {
    const words = `it is not among the first ${others.length} of ${total} results: let checklist.code.ci.url ask for that check alone`;
    return { kind: 'failed', words };
  }
  const there = `there is no such check; there are ${quote(others.join(', '), 200)}`;
  return { kind: 'missing', words: others.length === 0 ? 'there is no result for this commit' : there };
}
const ofAnother = (commit: string): Verdict => ({ kind: 'failed', words: `the answer is about commit ${quote(commit, 12)}` });

function listAt(value: unknown, path: string): readonly unknown[] {
  const list = at(value, path);
  return Array.isArray(list) ? list : [];
}
function textAt(value: unknown, path: string): string {
  const text = at(value, path);
  return typeof text === 'string' ? text : '';
}
function linkAt(value: unknown, path: string): string | null {
  const link = textAt(value, path);
  return /^https?:\/\/\S+$/.test(link) ? link.slice(0, 300) : null;
}
