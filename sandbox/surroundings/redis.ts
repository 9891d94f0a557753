import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Surrounding } from './surrounding';

export interface RedisSettings {
  /** Without it everybody may ask. */
  readonly password?: string;
  /** Whether it says that it is a whole cluster of its own. */
  readonly cluster: boolean;
  readonly policy: string;
}

export interface RedisStandIn extends Surrounding {
  /** `redis://127.0.0.1:PORT` */
  readonly url: string;
}

const maxmemory = 67_108_864;
/** Parts of it that are used: as a rule, and where it is full. */
const [usual, full] = [0.4, 0.99];

/** As much of Redis as one needs who looks at it: PING, AUTH, INFO and CLUSTER INFO. It keeps no data. */
export async function startRedisStandIn({ password, cluster, policy }: RedisSettings): Promise<RedisStandIn> {
  let used = usual;
  const sockets = new Set<Socket>();
  const info = (): string =>
    [
      '# Server\r\nredis_version:7.2.4\r\n# Memory',
      `used_memory:${Math.round(maxmemory * used)}\r\nmaxmemory:${maxmemory}\r\nmaxmemory_policy:${policy}`,
      `# Persistence\r\nloading:0\r\n# Replication\r\nrole:master\r\nconnected_slaves:0\r\n# Cluster\r\ncluster_enabled:${cluster ? 1 : 0}`,
    ].join('\r\n');
  const clusterInfo = 'cluster_state:ok\r\ncluster_slots_assigned:16384\r\ncluster_slots_ok:16384\r\ncluster_known_nodes:1\r\n';
  const answer = (words: readonly string[], isKnown: boolean): string => {
    const [command = '', first = ''] = words.map((word) => word.toUpperCase());
    if (command === 'AUTH') return words.at(-1) === password ? '+OK' : '-WRONGPASS invalid username-password pair or user is disabled.';
    if (!isKnown) return '-NOAUTH Authentication required.';
    if (command === 'PING') return '+PONG';
    if (command === 'INFO') return bulk(info());
    if (command === 'CLUSTER' && first === 'INFO') return cluster ? bulk(clusterInfo) : '-ERR This instance has cluster support disabled';
    return `-ERR unknown command '${command.slice(0, 20)}'`;
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let rest = '';
    let isKnown = password === undefined;
    socket.on('data', (chunk: Buffer) => {
      const { commands, left } = readCommands(rest + chunk.toString());
      rest = left;
      for (const words of commands) {
        const said = answer(words, isKnown);
        if (words[0]?.toUpperCase() === 'AUTH') isKnown = said === '+OK';
        socket.write(`${said}\r\n`);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    follow: async (broken) => void (used = broken.has('redis') ? full : usual),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}`;

/** Whole commands, as clients write them: a list of texts, each after its length. Only plain ASCII is sent here. */
function readCommands(text: string): { readonly commands: readonly (readonly string[])[]; readonly left: string } {
  const commands: (readonly string[])[] = [];
  let left = text;
  for (;;) {
    const read = readCommand(left);
    if (read === null) return { commands, left };
    commands.push(read.words);
    left = read.left;
  }
}

function readCommand(text: string): { readonly words: readonly string[]; readonly left: string } | null {
  const [head, count] = /^\*(\d+)\r\n/.exec(text) ?? [];
  if (head === undefined) return null;
  const words: string[] = [];
  let left = text.slice(head.length);
  while (words.length < Number(count)) {
    const [size, length] = /^\$(\d+)\r\n/.exec(left) ?? [];
    if (size === undefined) return null;
    const end = size.length + Number(length);
    if (left.length < end + 2) return null;
    words.push(left.slice(size.length, end));
    left = left.slice(end + 2);
  }
  return { words, left };
}
