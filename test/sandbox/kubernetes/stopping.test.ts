import { test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { startStandIn } from '../../../sandbox/kubernetes';

test('a server that is stopped waits for no connection, not even for one on which TLS is still being agreed on', async () => {
  const server = await startStandIn();
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  // One that is accepted already: the server's side knows it once another request has been answered.
  await fetch(server.url).catch(() => undefined);
  await server.stop();
  await closed;
}, 10_000);
