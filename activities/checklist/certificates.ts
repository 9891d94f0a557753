import type { CertificatesReceipt, CertificatesRequest } from '../../workflows/runbook/contract';
import type { Attempt } from '../activity';
import { failure } from '../failures';
import type { Ports } from '../ports';
import type { CertificateFacts } from '../ports/certificates';
import { judgeEach } from './verdict';

const deadline = 10_000;
const day = 24 * 3_600_000;

/** Certificates of all hosts (runbook, pre-deployment checklist). */
export function certificateActivities({ certificates, clock }: Ports) {
  return {
    /** Every host shows a certificate for its name, by a chain that is trusted, which lasts long enough. */
    async checkCertificates({ hosts, least, ca }: CertificatesRequest, { signal }: Attempt): Promise<CertificatesReceipt> {
      if (hosts.length === 0) {
        throw failure('Misconfigured', 'The spec has no https address and names no host: there is no certificate to look at', {
          remedy: 'Name hosts below checklist.environment.certificates, or switch the line off with a reason.',
        });
      }
      const facts = await judgeEach(
        hosts,
        (host) => certificates.look({ ...addressOf(host), ca, deadline, signal }),
        (found, host) => certificateProblems(found, least, clock.now()).map((problem) => `the certificate of ${host} ${problem}`),
        'Renew it, or correct what the host shows, then retry.',
      );
      return { hosts: hosts.length, days: Math.floor((Math.min(...facts.map(({ until }) => until)) - clock.now()) / day) };
    },
  };
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
