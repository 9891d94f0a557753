import { simpleParser, type ParsedMail } from 'mailparser';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { Received } from './sink';

export interface Mailbox {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** A mail server on the loopback address that takes every mail, with any login, and delivers none. */
export async function startMailbox(record: (received: Received) => boolean): Promise<Mailbox> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: (_, __, done) => done(null, { user: 'anybody' }),
    onData(stream, _, done) {
      simpleParser(stream).then(
        (mail) => {
          record(received(mail));
          done();
        },
        (error: unknown) => done(error instanceof Error ? error : new Error('unreadable')),
      );
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // A client that goes away in the middle of a mail is its own business.
  server.on('error', () => undefined);
  const { port } = server.server.address() as AddressInfo;
  return { host: '127.0.0.1', port, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}

function received({ headers, subject = '', text = '', inReplyTo }: ParsedMail): Received {
  const key = headers.get('x-idempotency-key');
  return { idempotencyKey: typeof key === 'string' ? key : null, subject, text: text.trimEnd(), by: 'mail', answers: inReplyTo ?? null };
}
