import { createServer } from 'node:https';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { endingOf } from '../http/server';
import { makeAuthority, signCertificate } from '../kubernetes/tls';
import type { Surrounding } from './surrounding';

export interface TlsHost extends Surrounding {
  /** `localhost:PORT`, the name that its certificate is for. */
  readonly host: string;
  /** File with the authority that clients must trust for it. */
  readonly ca: string;
}

/** Days that its certificate lasts: as a rule, and where it is about to end. */
const [usual, short] = [60, 3];
const name = 'localhost';

/** A host that shows a certificate, as the gateway of a cluster would. */
export async function startTlsHost(dir: string): Promise<TlsHost> {
  const authority = await makeAuthority('sandbox-hosts-ca');
  const [lasting, ending] = await Promise.all([usual, short].map((days) => signCertificate(authority, name, days)));
  if (!lasting || !ending) throw new Error('The sandbox made no certificate for its host.');
  const ca = join(dir, 'hosts-ca.pem');
  await writeFile(ca, authority.cert);
  const server = createServer(lasting, (_, response) => response.end('ok\n'));
  server.on('tlsClientError', () => undefined);
  const end = endingOf(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `${name}:${(server.address() as AddressInfo).port}`,
    ca,
    follow: async (broken) => server.setSecureContext(broken.has('certificate') ? ending : lasting),
    stop: end,
  };
}
