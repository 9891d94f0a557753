import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import { axiosHttp } from '../../activities/ports/http/adapter';
import type { ConsistencySpec, RequestSpec } from '../../workflows/runbook/spec';
import { fakePorts } from '../fakes/ports';
import { json, startServer } from '../fakes/server';
import { failing, run } from './run';

let staging: Awaited<ReturnType<typeof startServer>>;
let production: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  staging = await startServer(() => undefined);
  production = await startServer(() => undefined);
});
afterAll(() => Promise.all([staging.close(), production.close()]));
const { probe, compareStructure } = createActivities(fakePorts({ http: axiosHttp }));

describe('a judged request', () => {
  const request: RequestSpec = {
    name: 'stats',
    method: 'GET',
    path: '/api/stats?days=7',
    expect: { status: 200, json: { 'data.users': 'number', list: 'array', none: 'null' }, within: 2_000 },
    after: 0,
  };
  const send = (asked = request) => run(probe, { url: `${staging.url}/`, request: asked, token: 'env:TOKEN' });

  test('passes with the status, the fields and the time that are expected', async () => {
    staging.answer = (_, response) => json(response, 200, { data: { users: 3 }, list: [], none: null });
    expect(await send()).toEqual({ status: 200, took: expect.any(Number) });
    expect(staging.heard.at(-1)).toMatchObject({ url: '/api/stats?days=7', headers: { authorization: 'Bearer hunter2' } });
  });

  test('tells everything that is wrong in one sentence, and no secret', async () => {
    staging.answer = ({ headers }, response) =>
      void setTimeout(() => json(response, 200, { data: { users: '3' }, list: {}, echo: headers.authorization }), 60);
    const told = await failing(send({ ...request, expect: { ...request.expect, within: 50 } }));
    expect(told).toMatchObject({ type: 'CheckFailed', final: true });
    expect(told.message).toMatch(
      /took \d+ ms, at most 50 ms.*field data.users is string, expected number; field list is object.*field none is nothing/,
    );
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });

  test.each([
    ['another status', (status: number) => status],
    ['no JSON', () => 200],
  ])('fails on %s', async (_, status) => {
    staging.answer = (__, response) => void response.writeHead(status(500)).end('<html>');
    expect(await failing(send())).toMatchObject({ type: 'CheckFailed' });
  });

  test('that gets no answer is unavailable and worth a retry', async () => {
    staging.answer = (_, response) => void response.destroy();
    expect(await failing(send())).toMatchObject({ type: 'Unavailable', final: false });
  });
});

describe('the consistency check', () => {
  const consistency: ConsistencySpec = {
    requests: [
      { name: 'stats', method: 'GET', path: '/stats' },
      { name: 'users', method: 'GET', path: '/users', token: 'user' },
    ],
    productionToken: 'reader',
  };
  const compare = (before: unknown, after: unknown, status = 200) => {
    production.answer = (_, response) => json(response, 200, before);
    staging.answer = (_, response) => json(response, status, after);
    return run(compareStructure, {
      stagingUrl: staging.url,
      productionUrl: production.url,
      consistency,
      tokens: { user: 'env:USER', reader: 'env:READER' },
    });
  };
  const before = { total: 3, list: [{ id: 1, name: 'a', tag: null }], at: null };

  test('passes where staging has what production has; lengths, values and new fields do not matter', async () => {
    const after = {
      total: 9,
      list: [
        { id: 7, name: 'b', tag: 'x', extra: 1 },
        { id: 8, name: 'c', tag: null },
      ],
      at: 'now',
      added: true,
    };
    expect(await compare(before, after)).toEqual({ compared: 2, fields: 16 });
  });
  test('passes over what an empty list does not show', async () => {
    expect((await compare(before, { ...before, list: [] })).compared).toBe(2);
    expect((await compare({ list: [] }, { list: [{ id: 1 }] })).compared).toBe(2);
  });
  test.each([
    ['a field that is gone', { list: before.list, at: null }, 'stats: staging lacks total'],
    ['a field below a list that is gone', { ...before, list: [{ id: 1, tag: null }] }, 'staging lacks list[].name'],
    ['a field of another type', { ...before, total: '3' }, 'total is string in staging, number in production'],
    ['an answer of another type', [], 'the answer is array in staging, object in production'],
  ])('names %s, for every answer', async (_, after, said) => {
    const told = await failing(compare(before, after));
    expect(told).toMatchObject({ type: 'CheckFailed' });
    expect(told.message).toContain(said);
    expect(told.message).toContain('users: ');
  });
  test('names an answer that is none', async () => {
    expect((await failing(compare(before, before, 500))).message).toContain('stats: staging answered 500');
  });
});
