import { connect } from 'node:net';
import { startValkey } from '../parts/valkey';
import type { RedisSettings, RedisStandIn } from './redis';

const maxmemory = '64mb';
/** Fewer bytes than the server itself uses: it is full. */
const nothing = '1';

/** The same by a real server. @param executable of Valkey or Redis */
export async function startRealRedis(
  { password, cluster, policy }: RedisSettings,
  dataDir: string,
  executable: string,
): Promise<RedisStandIn> {
  const settings = { dataDir, maxmemory, maxmemoryPolicy: policy, cluster, ...(password === undefined ? {} : { password }) };
  const server = await startValkey(settings, executable);
  const say = async (...lines: readonly string[]): Promise<void> => {
    const known = password === undefined ? lines : [`AUTH ${password}`, ...lines];
    await saidOk(server.port, known);
  };
  if (cluster) await say('CLUSTER ADDSLOTSRANGE 0 16383');
  return {
    url: server.url,
    follow: (broken) => say(`CONFIG SET maxmemory ${broken.has('redis') ? nothing : maxmemory}`),
    stop: () => server.stop(),
  };
}

/** Sends lines, and waits until each was answered with OK. */
function saidOk(port: number, lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = connect({ host: '127.0.0.1', port }, () => void socket.write(`${lines.join('\r\n')}\r\n`));
    const fail = (): void => reject(new Error(`The cache did not do what it was told: ${said.replace(/\r\n/g, ' ').trim()}`));
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const answers = said.split('\r\n').length - 1;
      if (answers < lines.length) return;
      socket.destroy();
      if (/^-/m.test(said)) fail();
      else resolve();
    });
    socket.once('error', fail);
  });
}
