import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { MailSinkSpec } from '../../../workflows/runbook/spec';
import { failure, quote } from '../../failures';
import type { Sent } from '../notices';
import type { Secret } from '../secrets';
import type { Sender } from './adapter';
import { deadline } from './limits';
import { refusal } from './refusal';
import { repeatMark } from './text';

/**
 * E-mail by SMTP. The Message-ID is made of the notice's key, so that a copy that is sent again is the same message; later ones answer the first.
 * Nothing is read from files or addresses that a text may name.
 *
 * @param within how long one sending may take, in milliseconds, however often the server says a word.
 */
export const mailSender =
  (within = deadline): Sender<MailSinkSpec> =>
  async (sink, notice, secrets, signal) => {
    const { key, subject, text, thread, mayRepeat } = notice;
    const messageId = messageIdOf(key, sink.from);
    const phase = { hasBegunData: false };
    const late = AbortSignal.timeout(within);
    const transport = createTransport({ ...connection(sink, secrets['token']), ...listening(phase) });
    try {
      const sending = transport.sendMail({
        from: sink.from,
        to: [...sink.to],
        subject,
        text: mayRepeat ? `${text}\n\n${repeatMark}` : text,
        messageId,
        ...(thread !== undefined && thread !== messageId ? { inReplyTo: thread, references: thread } : {}),
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Idempotency-Key': key },
      });
      const { rejected, rejectedErrors } = await unlessAborted(sending, AbortSignal.any([signal, late]));
      return { thread: messageId, ...refusedRecipients(rejected, rejectedErrors) };
    } catch (error) {
      signal.throwIfAborted();
      if (late.aborted) throw tookTooLong(sink, within);
      throw told(error as SmtpError, sink, phase.hasBegunData);
    } finally {
      transport.close();
    }
  };

function connection({ host, port, security, user }: MailSinkSpec, password: Secret | undefined) {
  return {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user !== undefined && password ? { auth: { user, pass: password.reveal() } } : {}),
    connectionTimeout: deadline,
    greetingTimeout: deadline,
    socketTimeout: deadline,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** The library tells its talk with the server to a logger: after the server's 354 it may have the message, whatever becomes of the connection. */
function listening(phase: { hasBegunData: boolean }) {
  const quiet = () => undefined;
  const debug = (entry: { readonly tnx?: unknown }, words: unknown): void => {
    if (entry.tnx === 'server' && typeof words === 'string' && words.startsWith('354')) phase.hasBegunData = true;
  };
  return { debug: true, logger: { level: quiet, trace: quiet, debug, info: quiet, warn: quiet, error: quiet, fatal: quiet } };
}

/** `<…@host>`: the same for the same notice, and nobody else's. */
export function messageIdOf(key: string, from: string): string {
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 40)}@${from.slice(from.lastIndexOf('@') + 1)}>`;
}

/** The library cannot be stopped: what it still does ends by its own time-outs, and is not waited for. */
function unlessAborted<T>(sending: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    sending.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** What the library still does may yet bring it there. */
function tookTooLong({ host, port }: MailSinkSpec, within: number): Error {
  return failure('Unavailable', `The mail server ${host}:${port} takes longer than ${within} ms for one message`, {
    remedy: 'Look at its load and its limits.',
  });
}

interface Refused {
  readonly recipient?: unknown;
  readonly response?: unknown;
}
/** One refused recipient among several is no failure: the others have it. */
function refusedRecipients(rejected: readonly unknown[], errors: readonly Refused[] | undefined): Pick<Sent, 'note'> {
  if (rejected.length === 0) return {};
  const words = rejected.map((address) => {
    const why = errors?.find(({ recipient }) => recipient === address)?.response;
    return `${String(address)}${typeof why === 'string' ? ` (${quote(why, 80)})` : ''}`;
  });
  return { note: `Refused by the mail server: ${words.join(', ')}. Correct "to" of the sink.` };
}

interface SmtpError {
  readonly code?: unknown;
  readonly responseCode?: unknown;
  readonly message?: unknown;
}

/** Its own sentence for each way in which a mail server says no. The library's messages quote servers, never passwords; only answers of servers are passed on. */
function told({ code, responseCode, message }: SmtpError, { host, port, name, security }: MailSinkSpec, mayHaveArrived: boolean): Error {
  const server = `The mail server ${host}:${port}`;
  if (typeof responseCode === 'number' && code !== 'ETLS') {
    const answer = `${server} answered ${responseCode}${answerOf(message, responseCode)}`;
    if (code === 'EAUTH' || responseCode === 530) return refusal('Forbidden', answer, `Correct user and token of the sink ${name}.`);
    return responseCode < 500
      ? refusal('Unavailable', answer, 'It takes nothing for now: look at its queue and its limits.')
      : refusal('Invalid', answer, `Correct from and to of the sink ${name}.`);
  }
  if (code === 'ETLS') {
    return refusal(
      'Misconfigured',
      `${server} does not agree on TLS`,
      `It is asked for ${security}: correct security of the sink ${name}.`,
    );
  }
  if (typeof message === 'string' && /certificate/i.test(message)) {
    return refusal(
      'Misconfigured',
      `${server} has a certificate that is not trusted here`,
      'Name its authority to the worker by NODE_EXTRA_CA_CERTS.',
    );
  }
  if (mayHaveArrived) {
    return failure('Unavailable', `${server} took the message and did not answer`, { remedy: 'Look at its queue.' });
  }
  const cause = typeof message === 'string' ? (/\b(E[A-Z]{4,}|CERT_\w+|DEPTH_\w+|SELF_\w+|UNABLE_\w+)\b/.exec(message)?.[1] ?? code) : code;
  const why =
    code === 'EDNS'
      ? 'is not known by that name'
      : code === 'ETIMEDOUT'
        ? 'gives no answer in time'
        : `cannot be reached (${typeof cause === 'string' ? cause : 'no code'})`;
  return refusal('Unavailable', `${server} ${why}`, `Start it, or correct host and port of the sink ${name}.`);
}

/** What the server said after its number, as far as the library quotes it. */
function answerOf(message: unknown, responseCode: number): string {
  if (typeof message !== 'string') return '';
  const place = message.indexOf(`${responseCode} `);
  return place < 0 ? '' : `: ${quote(message.slice(place + 4), 120)}`;
}
