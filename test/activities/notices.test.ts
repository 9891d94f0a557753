import { describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import { failure } from '../../activities/failures';
import type { Notice } from '../../activities/ports/notices';
import { fakePorts } from '../fakes/ports';
import { run } from './run';

describe('a notice', () => {
  test('goes to every sink; one that is down is tried twice, listed, and fails nothing', async () => {
    const sent: Notice[] = [];
    const notices = {
      send: (notice: Notice) => {
        sent.push(notice);
        return notice.url.includes('down') ? Promise.reject(failure('Unavailable', 'down')) : Promise.resolve();
      },
    };
    const { notify } = createActivities(fakePorts({ notices }));
    const sinks = ['chat', 'down', 'mail'].map((name) => ({ kind: 'webhook' as const, name, url: `http://${name}`, token: 'sink' }));
    const receipt = await run(notify, { sinks, tokens: { sink: 'env:SINK' }, key: 'shop-1/started', subject: 'started', text: 'v1' });
    expect(receipt).toEqual({ delivered: ['chat', 'mail'], undelivered: ['down'] });
    expect(sent.map(({ url }) => url)).toEqual(['http://chat', 'http://down', 'http://mail', 'http://down']);
    expect(new Set(sent.map(({ key }) => key))).toEqual(new Set(['shop-1/started']));
  });

  test('to a sink whose secret is missing is undelivered', async () => {
    const secrets = { resolve: () => Promise.reject(failure('Misconfigured', 'not there')) };
    const { notify } = createActivities(fakePorts({ secrets }));
    const sinks = [{ kind: 'webhook' as const, name: 'chat', url: 'http://chat', token: 'sink' }];
    expect(await run(notify, { sinks, tokens: { sink: 'env:SINK' }, key: 'k', subject: 's', text: 't' })).toEqual({
      delivered: [],
      undelivered: ['chat'],
    });
  });
});
