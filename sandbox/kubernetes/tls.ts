import { generate } from 'selfsigned';

/** Key and certificate of the server, and the authority that clients must trust for it, all as PEM. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const shared = { keyType: 'ec', algorithm: 'sha256' } as const;

/** An authority of our own, as PEM. */
export interface Authority {
  readonly cert: string;
  readonly key: string;
}

export async function makeAuthority(name: string): Promise<Authority> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    ...shared,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  return { cert, key };
}

/** A server's key and certificate for a name, which ends in so many days. */
export async function signCertificate({ cert: ca, key: caKey }: Authority, name: string, days: number): Promise<Omit<Certificates, 'ca'>> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    ...shared,
    ca: { key: caKey, cert: ca },
    // A minute more, so that whole days are left while it is looked at.
    notAfterDate: new Date(Date.now() + days * 24 * 3_600_000 + 60_000),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
    ],
  });
  return { cert, key };
}

/** Makes a certificate authority of our own and a server certificate signed by it. @param host a name or an IPv4 address. */
export async function makeCertificates(host: string): Promise<Certificates> {
  const authority = await makeAuthority('sandbox-ca');
  const addresses = new Set(['127.0.0.1', ...(/^[\d.]+$/.test(host) ? [host] : [])]);
  const names = new Set(['localhost', 'kubernetes', ...(/^[\d.]+$/.test(host) ? [] : [host])]);
  const server = await generate([{ name: 'commonName', value: 'sandbox-apiserver' }], {
    ...shared,
    ca: authority,
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
