import { describe, expect, test } from '@jest/globals';
import { controlActivities } from '../../activities';
import type { HttpAnswer, HttpRequest } from '../../activities/ports/http';
import type { CommitStatusRequest } from '../../workflows/runbook/contract';
import { fakePorts } from '../fakes/ports';
import { failing, run } from './run';

const commit = 'c'.repeat(40);
const asked: CommitStatusRequest = {
  ci: { name: 'our CI', url: 'https://ci.example.com/commits/{commit}/check-runs', kind: 'check-runs', passes: 'success', wait: 60_000 },
  check: 'build',
  commit,
  token: 'env:CI_TOKEN',
};
const check = (more: object) => ({
  name: 'build',
  head_sha: commit,
  status: 'completed',
  conclusion: 'success',
  started_at: '2026-11-24T02:00:00Z',
  ...more,
});

/** A CI that gives these answers one after another, the last one for ever. */
function ci(...answers: readonly (object | number | string)[]) {
  const sent: HttpRequest[] = [];
  const ports = fakePorts({
    http: {
      send: (request): Promise<HttpAnswer> => {
        const answer = answers[Math.min(sent.push(request), answers.length) - 1];
        const status = typeof answer === 'number' ? answer : 200;
        const body = Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(typeof answer === 'number' ? {} : answer));
        return Promise.resolve({ status, headers: {}, body, took: 5 });
      },
    },
  });
  return {
    read: (change: Partial<CommitStatusRequest> = {}) => run(controlActivities(ports).readCommitStatus, { ...asked, ...change }),
    sent,
    ports,
  };
}

describe("what a CI says of the release's commit", () => {
  test('is asked for by the commit, with the token, and passes with its source and link', async () => {
    const { read, sent } = ci({
      check_runs: [check({ name: 'other', conclusion: 'failure' }), check({ html_url: 'https://ci.example.com/7' })],
    });
    expect(await read()).toEqual({ source: 'our CI', link: 'https://ci.example.com/7' });
    expect(sent[0]?.base).toBe(`https://ci.example.com/commits/${commit}/check-runs`);
    expect(sent[0]?.token?.reveal()).toBe('hunter2');
  });

  test('is waited for while the check runs, and no longer than the spec says', async () => {
    const running = { check_runs: [check({ status: 'in_progress', conclusion: null })] };
    expect(await ci(running, running, { check_runs: [check({})] }).read()).toMatchObject({ source: 'our CI' });
    const { read, sent } = ci(running);
    expect(await failing(read())).toMatchObject({
      type: 'CheckFailed',
      message: expect.stringMatching(/^our CI, build: still in_progress after 60 s\. Wait until it has ended/),
    });
    expect(sent.length).toBeGreaterThan(10);
  });

  test('is waited for too where the check has not begun', async () => {
    const [nothing, others] = [{ check_runs: [] }, { check_runs: [check({ name: 'lint' })] }];
    expect(await ci(nothing, others, { check_runs: [check({})] }).read()).toMatchObject({ source: 'our CI' });
    expect((await failing(ci(others).read())).message).toMatch(
      /there are lint after 60 s\. See that it is started there, or correct its name/,
    );
  });

  test('is not looked for on further pages: it is said how it is found', async () => {
    const { read, sent } = ci({ total_count: 140, check_runs: [check({ name: 'lint' })] });
    expect((await failing(read())).message).toMatch(
      /^our CI, build: it is not among the first 1 of 140 results: let checklist\.code\.ci\.url/,
    );
    expect(sent).toHaveLength(1);
  });

  test('counts by the newest run of a check', async () => {
    const older = check({ conclusion: 'failure', started_at: '2026-11-24T01:00:00Z' });
    expect(await ci({ check_runs: [older, check({})] }).read()).toMatchObject({ source: 'our CI' });
    const newer = check({ conclusion: 'failure', started_at: '2026-11-24T03:00:00Z' });
    expect(await failing(ci({ check_runs: [check({}), newer] }).read())).toMatchObject({
      message: expect.stringMatching(/build: ended with failure/),
    });
  });

  test.each([
    [{ check_runs: [check({ conclusion: 'skipped' })] }, /build: ended with skipped/],
    [{ check_runs: [check({ conclusion: null })] }, /build: ended with/],
    [{ check_runs: [check({ head_sha: 'd'.repeat(40) })] }, /build: the answer is about commit ddddddddddd…/],
    [{ check_runs: [check({ name: 'lint' })] }, /build: there is no such check; there are lint/],
    [{ check_runs: [] }, /build: there is no result for this commit/],
    [{}, /build: there is no result for this commit/],
    ['<html>', /our CI gave an answer that is not JSON/],
  ])('is no pass without a check of that commit that succeeded: %j', async (answer, words) => {
    expect(await failing(ci(answer).read())).toMatchObject({ type: 'CheckFailed', final: true, message: expect.stringMatching(words) });
  });

  test('may be a commit status', async () => {
    const by = { ci: { ...asked.ci, kind: 'statuses' }, check: 'ci/build' } as const;
    const status = (state: string) => ({
      sha: commit,
      statuses: [
        { context: 'ci/lint', state: 'failure' },
        { context: 'ci/build', state },
      ],
    });
    expect(await ci(status('pending'), status('success')).read(by)).toEqual({ source: 'our CI', link: null });
    expect(await failing(ci(status('error')).read(by))).toMatchObject({ message: expect.stringMatching(/^our CI, ci\/build: is error/) });
    expect(await failing(ci({ ...status('success'), sha: 'd' }).read(by))).toMatchObject({
      message: expect.stringMatching(/about commit d/),
    });
    expect(await failing(ci({ statuses: [] }).read(by))).toMatchObject({ message: expect.stringMatching(/no result for this commit/) });
  });

  test('may be a field of any JSON', async () => {
    const by = { ci: { ...asked.ci, kind: 'json', passes: 'SUCCESS' }, check: 'last.state' } as const;
    expect(await ci({ last: { state: 'RUNNING' } }, { last: { state: 'SUCCESS' } }).read(by)).toEqual({ source: 'our CI', link: null });
    expect(await failing(ci({ last: { state: 'UNSTABLE' } }).read(by))).toMatchObject({
      message: expect.stringMatching(/is UNSTABLE, not SUCCESS/),
    });
    expect(await failing(ci({ last: {} }).read(by))).toMatchObject({ message: expect.stringMatching(/no text at last\.state/) });
  });

  test.each([
    [401, 'Forbidden', true],
    [404, 'NotFound', true],
    [503, 'Unavailable', false],
    [429, 'Unavailable', false],
  ])('is not known where the CI answers %i', async (status, type, final) => {
    expect(await failing(ci(status).read())).toMatchObject({ type, final });
  });
});
