import { isIP } from 'node:net';
import { checkServerIdentity, connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { codeOf, failure } from '../../failures';
import { readAuthorities } from '../authorities';
import type { CertificateFacts, CertificateQuestion, Certificates } from '../certificates';
import { startTls } from './start-tls';

/** Certificates by Node's own TLS: the handshake is made, whatever is wrong, so that all of it can be told. */
export const tlsCertificates: Certificates = {
  async look(question) {
    const { host, port, deadline, signal } = question;
    const ca = await readAuthorities(question.ca);
    const late = AbortSignal.timeout(deadline);
    try {
      return await handshake(question, ca, AbortSignal.any([signal, late]));
    } catch (error) {
      signal.throwIfAborted();
      const why = late.aborted ? `within ${deadline} ms` : `: ${codeOf(error, 'no code')}`;
      throw failure('Unavailable', `${host}:${port} shows no certificate${late.aborted ? ` ${why}` : why}`, {
        remedy: 'Check that it serves TLS, and that the worker reaches it.',
      });
    }
  },
};

async function handshake(question: CertificateQuestion, ca: string[] | undefined, signal: AbortSignal): Promise<CertificateFacts> {
  const { host } = question;
  const place = question.startTls ? { socket: await startTls(question, signal) } : { host, port: question.port };
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...place,
      ...(isIP(host) ? {} : { servername: host }),
      ...(ca ? { ca } : {}),
      rejectUnauthorized: false,
      // The name is judged apart from the chain.
      checkServerIdentity: () => undefined,
    });
    const stop = () => socket.destroy(new Error('aborted'));
    signal.addEventListener('abort', stop, { once: true });
    socket.once('secureConnect', () => resolve(factsOf(socket, host)));
    socket.once('error', reject);
    socket.once('close', () => {
      signal.removeEventListener('abort', stop);
      reject(new Error('closed'));
    });
    if (signal.aborted) stop();
  });
}

function factsOf(socket: TLSSocket, host: string): CertificateFacts {
  const own = socket.getPeerCertificate(true);
  const chain = chainOf(own);
  const ends = chain.map((certificate) => ({ certificate, until: Date.parse(certificate.valid_to) }));
  const first = ends.reduce((a, b) => (b.until < a.until ? b : a));
  // A string, whatever the types say.
  const distrust = socket.authorized ? null : String(socket.authorizationError);
  socket.end();
  socket.destroy();
  return {
    names: (own.subjectaltname ?? '')
      .split(', ')
      .map((name) => name.replace(/^[^:]*:/, ''))
      .filter((name) => name !== ''),
    isForHost: checkServerIdentity(host, own) === undefined,
    distrust,
    from: Math.max(...chain.map(({ valid_from }) => Date.parse(valid_from))),
    until: first.until,
    firstToEnd: first.certificate === own ? null : nameOf(first.certificate),
  };
}

/** From the host's own up to the last one that is known; a root is its own issuer. */
function chainOf(own: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain = [own];
  for (;;) {
    const next = chain.at(-1)?.issuerCertificate;
    if (!next?.valid_to || chain.includes(next)) return chain;
    chain.push(next);
  }
}

function nameOf({ subject }: DetailedPeerCertificate): string {
  const name = subject.CN as string | readonly string[] | undefined;
  return typeof name === 'string' ? name : (name?.[0] ?? 'an authority without a name');
}
