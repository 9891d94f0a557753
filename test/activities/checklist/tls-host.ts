import { createServer, type Server } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { SMTPServer } from 'smtp-server';

const day = 24 * 3_600_000;

export interface Authority {
  readonly cert: string;
  readonly key: string;
}

/** An authority that signs the certificates of one test file. */
export async function makeAuthority(days = 365): Promise<Authority> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'test-authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + days * day),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
    ],
  });
  return { cert, key };
}

/** A host on this machine that shows a certificate for a name, which ends in so many days. */
export async function startTlsHost(
  authority: Authority,
  settings: CertificateSettings = {},
): Promise<{ readonly host: string; close(): Promise<void> }> {
  const server = createServer(await identityOf(authority, settings), (socket) => socket.on('error', () => undefined).end());
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { host: `localhost:${(server.address() as AddressInfo).port}`, close: () => closed(server) };
}

/** A mail server that offers STARTTLS, or does not. */
export async function startMailHost(
  authority: Authority,
  { offers = true, ...settings }: CertificateSettings & { readonly offers?: boolean } = {},
): Promise<{ readonly host: string; close(): Promise<void> }> {
  const identity = await identityOf(authority, settings);
  const server = new SMTPServer({
    ...identity,
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: offers ? [] : ['STARTTLS'],
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return { host: `localhost:${port}`, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

interface CertificateSettings {
  readonly name?: string;
  readonly days?: number;
  readonly from?: number;
}

async function identityOf(
  authority: Authority,
  { name = 'localhost', days = 60, from = -1 }: CertificateSettings,
): Promise<{ key: string; cert: string }> {
  const own = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { cert: authority.cert, key: authority.key },
    notBeforeDate: new Date(Date.now() + from * day),
    notAfterDate: new Date(Date.now() + days * day + 60_000),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
    ],
  });
  return { key: own.private, cert: `${own.cert.trim()}\n${authority.cert}` };
}

const closed = (server: Server): Promise<void> => new Promise((resolve) => void server.close(() => resolve()));
