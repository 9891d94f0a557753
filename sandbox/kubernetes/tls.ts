import { generate } from 'selfsigned';

/** Key and certificate of the server, and the authority that clients must trust for it, all as PEM. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const shared = { keyType: 'ec', algorithm: 'sha256' } as const;

/** Makes a certificate authority of our own and a server certificate signed by it. @param host a name or an IPv4 address. */
export async function makeCertificates(host: string): Promise<Certificates> {
  const authority = await generate([{ name: 'commonName', value: 'sandbox-ca' }], {
    ...shared,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  const addresses = new Set(['127.0.0.1', ...(/^[\d.]+$/.test(host) ? [host] : [])]);
  const names = new Set(['localhost', 'kubernetes', ...(/^[\d.]+$/.test(host) ? [] : [host])]);
  const server = await generate([{ name: 'commonName', value: 'sandbox-apiserver' }], {
    ...shared,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [...[...names].map((value) => ({ type: 2 as const, value })), ...[...addresses].map((ip) => ({ type: 7 as const, ip }))],
      },
    ],
  });
  return { ca: authority.cert, cert: server.cert, key: server.private };
}
