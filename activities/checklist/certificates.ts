import type { CertificatesReceipt, CertificatesRequest, OtherHost } from '../../workflows/runbook/contract';
import type { Attempt } from '../activity';
import { failure, failureTypeOf } from '../failures';
import type { Ports } from '../ports';
import type { CertificateFacts } from '../ports/certificates';
import { judgeEach, sentenceOf } from './verdict';

const deadline = 10_000;
const day = 24 * 3_600_000;

/** Certificates of all hosts (runbook, pre-deployment checklist). */
export function certificateActivities({ certificates, clock }: Ports) {
  return {
    /**
     * Every host shows a certificate for its name, by a chain that is trusted, which lasts long enough. A host of others that shows none is told:
     * whether it answers is not this line's question, and a mail server that is down holds up no deployment.
     */
    async checkCertificates({ hosts, others = [], least, ca }: CertificatesRequest, { signal }: Attempt): Promise<CertificatesReceipt> {
      const subjects: readonly Subject[] = [...hosts.map((host) => ({ host })), ...others];
      if (subjects.length === 0) {
        throw failure('Misconfigured', 'No address in the spec has TLS, and it names no host: there is no certificate to look at', {
          remedy: 'Name hosts below checklist.environment.certificates, or switch the line off with a reason.',
        });
      }
      const looks = await judgeEach(
        subjects,
        async ({ host, whose, startTls }) => {
          const look = certificates.look({ ...addressOf(host), startTls, ca, deadline, signal });
          return whose === undefined ? look : look.catch(unseen);
        },
        (look, subject) =>
          typeof look === 'string'
            ? []
            : certificateProblems(look, least, clock.now()).map((problem) => `the certificate of ${nameOf(subject)} ${problem}`),
        'Renew it, or correct what the host shows, then retry.',
      );
      const ends = looks.flatMap((look) => (typeof look === 'string' ? [] : [look.until]));
      const silent = looks.flatMap((look, place) => (typeof look === 'string' ? [`${subjects[place]?.whose}: ${look}`] : []));
      if (ends.length === 0) throw failure('Unavailable', `No host has shown a certificate: ${silent.join('; ')}`);
      return {
        hosts: ends.length,
        days: Math.floor((Math.min(...ends) - clock.now()) / day),
        ...(silent.length > 0 ? { unseen: silent } : {}),
      };
    },
  };
}

type Subject = Pick<OtherHost, 'host' | 'startTls'> & { readonly whose?: string };

/** Why a host of others showed nothing. */
function unseen(error: unknown): string {
  if (failureTypeOf(error) !== 'Unavailable') throw error;
  return sentenceOf(error);
}

function nameOf({ host, whose }: Subject): string {
  return whose === undefined ? host : `${host} (${whose})`;
}

/** `name`, `name:port` or `[address]:port`. */
function addressOf(host: string): { readonly host: string; readonly port: number } {
  const [, name = host, port = '443'] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  return { host: name.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/** Pure: everything that is wrong with a certificate. `least` is in days. */
export function certificateProblems(
  { names, isForHost, distrust, from, until, firstToEnd }: CertificateFacts,
  least: number,
  now: number,
): readonly string[] {
  const whose = firstToEnd === null ? '' : ` with its issuer ${firstToEnd}`;
  const left = until - now;
  const at = (time: number): string => (Number.isFinite(time) ? new Date(time).toISOString().slice(0, 10) : 'an unknown day');
  const ends =
    left <= 0
      ? [`ended${whose} on ${at(until)}`]
      : left < least * day || !Number.isFinite(left)
        ? [`ends${whose} in ${daysOf(left)} (${at(until)}), at least ${daysOf(least * day)} are asked for`]
        : [];
  // An end that is told with its day needs no code besides.
  const isTold = ends.length > 0 && distrust === 'CERT_HAS_EXPIRED';
  return [
    ...ends,
    ...(from > now ? [`begins to be valid on ${at(from)}`] : []),
    ...(isForHost ? [] : [`is for ${names.join(', ') || 'no name'}`]),
    ...(distrust === null || isTold ? [] : [`is not trusted: ${distrust}`]),
  ];
}

function daysOf(milliseconds: number): string {
  const days = Math.floor(milliseconds / day);
  return `${days} ${days === 1 ? 'day' : 'days'}`;
}
