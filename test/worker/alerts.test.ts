import { describe, expect, test } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Secret } from '../../activities/ports/secrets';
import { startAlertmanager } from '../../sandbox/parts/alertmanager';
import { isAllowed, readPush } from '../../worker/alerts';
import { serveHealth } from '../../worker/server';
import type { AlertMessage } from '../../workflows/messages';
import { testFolder } from '../sandbox/parts/folder';
import { describeWithParts } from '../support/parts';

const push = {
  version: '4',
  status: 'firing',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'HighErrors', service: 'analytics', code: 5 },
      annotations: { summary: 'errors 9 %' },
      startsAt: '2026-11-24T02:00:00Z',
      fingerprint: 'f1',
    },
    { status: 'resolved', labels: { alertname: 'SlowAnswers' }, annotations: {} },
    null,
  ],
};

describe("Alertmanager's push", () => {
  test('is read as it comes, and the same push sent again is one message', () => {
    const message = readPush(JSON.stringify(push));
    expect(message).toMatchObject({
      by: 'alertmanager',
      alerts: [
        {
          name: 'HighErrors',
          summary: 'errors 9 %',
          fingerprint: 'f1',
          firing: true,
          labels: { alertname: 'HighErrors', service: 'analytics' },
        },
        { name: 'SlowAnswers', summary: '', firing: false },
      ],
    });
    expect(readPush(JSON.stringify(push))).toEqual(message);
  });

  test.each(['', 'nothing', '7', 'null', '{}', '{"alerts": 5}'])('is none where it is %p', (text) => {
    expect(readPush(text)).toBeNull();
  });

  test('needs the token', () => {
    expect(isAllowed('Bearer s3cret', 's3cret')).toBe(true);
    for (const wrong of [undefined, '', 'Bearer', 'Bearer s3cre', 'Basic s3cret']) expect(isAllowed(wrong, 's3cret')).toBe(false);
  });
});

/** A worker's server; without `tell` it was given no token. */
const serve = (tell?: (message: AlertMessage) => Promise<number>) =>
  serveHealth({
    listen: '127.0.0.1:0',
    build: 'test',
    notReady: () => null,
    observe: () => Promise.reject(new Error('not asked')),
    ...(tell ? { alerts: { token: () => Promise.resolve(new Secret('s3cret')), tell } } : {}),
  });

describe('a worker that takes alerts', () => {
  const told: AlertMessage[] = [];
  let isDown = false;
  const tell = (message: AlertMessage): Promise<number> => {
    if (isDown) return Promise.reject(new Error('no server'));
    told.push(message);
    return Promise.resolve(2);
  };
  const post = (address: string, token: string, body = JSON.stringify(push), method = 'POST') =>
    fetch(`http://${address}/alerts`, { method, headers: { authorization: `Bearer ${token}` }, ...(method === 'POST' ? { body } : {}) });

  test('tells the follow-ups, refuses strangers, and asks for the push again while Temporal is away', async () => {
    const server = await serve(tell);
    try {
      const answer = await post(server.address, 's3cret');
      expect([answer.status, await answer.text()]).toEqual([200, 'told 2\n']);
      expect(told).toHaveLength(1);
      expect((await post(server.address, 'wrong')).status).toBe(401);
      expect((await post(server.address, 's3cret', 'nothing')).status).toBe(400);
      expect((await post(server.address, 's3cret', 'x'.repeat(2 * 1024 * 1024))).status).toBe(400);
      expect((await post(server.address, 's3cret', '', 'GET')).status).toBe(405);
      isDown = true;
      expect((await post(server.address, 's3cret')).status).toBe(503);
      expect(told).toHaveLength(1);
    } finally {
      await server.close();
    }
  });

  test('takes none where it was given no token', async () => {
    const server = await serve();
    try {
      expect((await post(server.address, '')).status).toBe(404);
    } finally {
      await server.close();
    }
  });
});

describeWithParts('a real Alertmanager', ['alertmanager'], ({ alertmanager }) => {
  const dataDir = mkdtempSync(join(testFolder(), 'data-'));

  test('tells a worker of an alert when it begins, and again when it is over', async () => {
    const told: AlertMessage[] = [];
    const server = await serve((message) => Promise.resolve(told.push(message)));
    const telling = await startAlertmanager(
      { dataDir, webhook: { url: `http://${server.address}/alerts`, token: 's3cret' } },
      alertmanager,
    );
    const fire = (times: object) =>
      fetch(`${telling.url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([
          { labels: { alertname: 'HighErrors', service: 'analytics' }, annotations: { summary: 'errors 9 %' }, ...times },
        ]),
      });
    const until = async (firing: boolean): Promise<AlertMessage['alerts'][number]> => {
      for (let tries = 0; tries < 400; tries++) {
        const heard = told.flatMap(({ alerts }) => alerts).find((alert) => alert.firing === firing);
        if (heard) return heard;
        await delay(50);
      }
      throw new Error(`not told within 20 s that it is ${firing ? 'firing' : 'over'}`);
    };
    try {
      const began = Date.now() - 60_000;
      expect((await fire({ startsAt: new Date(began).toISOString() })).status).toBe(200);
      const heard = await until(true);
      expect(heard).toMatchObject({ name: 'HighErrors', summary: 'errors 9 %', labels: { service: 'analytics' } });
      await fire({ startsAt: new Date(began).toISOString(), endsAt: new Date(Date.now() - 1_000).toISOString() });
      expect((await until(false)).fingerprint).toBe(heard.fingerprint);
    } finally {
      await telling.stop();
      await server.close();
    }
  }, 60_000);
});
