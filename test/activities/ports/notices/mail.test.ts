import { afterEach, describe, expect, test } from '@jest/globals';
import { simpleParser, type ParsedMail } from 'mailparser';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { axiosHttp } from '../../../../activities/ports/http/adapter';
import type { Notice } from '../../../../activities/ports/notices';
import { createNotices } from '../../../../activities/ports/notices/adapter';
import { mailSender, messageIdOf } from '../../../../activities/ports/notices/mail';
import { Secret } from '../../../../activities/ports/secrets';
import type { MailSinkSpec } from '../../../../workflows/runbook/spec';
import { failing } from '../../run';

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

/** A real mail server on a port of its own, and what it has taken. */
async function mailServer(options: SMTPServerOptions = {}): Promise<{ readonly port: number; readonly taken: ParsedMail[] }> {
  const taken: ParsedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _, done) {
      simpleParser(stream).then(
        (mail) => {
          taken.push(mail);
          done();
        },
        (error: unknown) => done(error as Error),
      );
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, taken };
}

/** A server that speaks as little SMTP as it must, and hangs up at a moment. */
async function hangsUp(moment: 'RCPT' | 'after DATA'): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('220 here\r\n');
    let isData = false;
    socket.on('data', (chunk) => {
      const words = chunk.toString();
      if (isData) {
        if (words.includes('\r\n.\r\n')) socket.destroy();
        return;
      }
      for (const line of words.split('\r\n').filter((text) => text !== '')) {
        if (moment === 'RCPT' && line.startsWith('RCPT')) socket.destroy();
        else if (line.startsWith('DATA')) {
          isData = true;
          socket.write('354 go on\r\n');
        } else socket.write('250 ok\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push(() => new Promise((resolve) => server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

const answering = (code: number, words: string): Error => Object.assign(new Error(words), { responseCode: code });
const notice: Notice = {
  key: 'shop-1/status-1',
  kind: 'status',
  subject: 'état: ok',
  text: 'Zeile 1\nline 2',
  thread: undefined,
  mayRepeat: false,
};
const sinkAt = (port: number, more: Partial<MailSinkSpec> = {}): MailSinkSpec => ({
  kind: 'mail',
  name: 'mail',
  host: '127.0.0.1',
  port,
  security: 'none',
  from: 'deploy@example.com',
  to: ['team@example.com', 'lead@example.com'],
  ...more,
});
const send = (sink: MailSinkSpec, change: Partial<Notice> = {}, signal = new AbortController().signal) =>
  createNotices(axiosHttp, '/nowhere').send(sink, { ...notice, ...change }, { token: new Secret('hunter2') }, signal);

describe('e-mail', () => {
  test('goes to all recipients, with a Message-ID made of its key, and answers the first of the deployment', async () => {
    const { port, taken } = await mailServer();
    const first = await send(sinkAt(port), { key: 'shop-1/announcement' });
    expect(first).toEqual({ thread: messageIdOf('shop-1/announcement', 'deploy@example.com') });
    await send(sinkAt(port), { thread: first.thread });
    const [begin, status] = taken;
    expect(begin).toMatchObject({ subject: 'état: ok', messageId: first.thread });
    expect(begin?.inReplyTo).toBeUndefined();
    expect(begin?.text?.trim()).toBe('Zeile 1\nline 2');
    expect(status).toMatchObject({ inReplyTo: first.thread, references: first.thread });
    expect(status?.headers.get('auto-submitted')).toBe('auto-generated');
    expect([status?.to].flat().flatMap((to) => to?.value.map(({ address }) => address))).toEqual(['team@example.com', 'lead@example.com']);
  });

  test('that is sent again is the same message, and says that it may be a repeat', async () => {
    const { port, taken } = await mailServer();
    await send(sinkAt(port));
    await send(sinkAt(port), { mayRepeat: true });
    expect(new Set(taken.map(({ messageId }) => messageId)).size).toBe(1);
    expect(taken[1]?.text).toContain('it may be a repeat');
  });

  test('cannot be given more headers, recipients or files by what it tells', async () => {
    const { port, taken } = await mailServer();
    await send(sinkAt(port), { subject: 'a\r\nBcc: evil@example.com', text: 'file:///etc/passwd', key: 'k\r\nBcc: evil@example.com' });
    expect(taken[0]?.headers.has('bcc')).toBe(false);
    expect(taken[0]?.subject).toBe('a Bcc: evil@example.com');
    expect(taken[0]?.text?.trim()).toBe('file:///etc/passwd');
  });

  test('to several of whom one is refused reaches the others, and the refused one is told', async () => {
    const { port, taken } = await mailServer({
      onRcptTo: ({ address }, _, done) => done(address.startsWith('lead') ? answering(550, 'no such user') : null),
    });
    const { note } = await send(sinkAt(port));
    expect(note).toBe('Refused by the mail server: lead@example.com (550 no such user). Correct "to" of the sink.');
    expect(taken).toHaveLength(1);
  });

  test.each([
    [
      '451 for now',
      { onData: (stream, _, done) => void stream.resume().on('end', () => done(answering(451, 'try later'))) },
      'Unavailable',
      /answered 451: try later\. .*look at its queue/,
    ],
    ['450 to all recipients', { onRcptTo: (_, __, done) => done(answering(450, 'greylisted')) }, 'Unavailable', /answered 450: greylisted/],
    [
      '550 to all recipients',
      { onRcptTo: (_, __, done) => done(answering(550, 'no such user')) },
      'Invalid',
      /answered 550: no such user\. Correct from and to of the sink mail\./,
    ],
    [
      '554 to the message',
      { onData: (stream, _, done) => void stream.resume().on('end', () => done(answering(554, 'spam'))) },
      'Invalid',
      /answered 554: spam/,
    ],
    ['530 without a login', { authOptional: false }, 'Forbidden', /answered 530: .*Correct user and token of the sink mail\./],
  ] satisfies readonly (readonly [string, SMTPServerOptions, string, RegExp])[])(
    'that is answered with %s has certainly not arrived',
    async (_, options, type, words) => {
      const { port } = await mailServer(options);
      const told = await failing(send(sinkAt(port)));
      expect(told).toMatchObject({ type, wrote: false });
      expect(told.message).toMatch(words);
    },
  );

  test('with a wrong password is told without it', async () => {
    const { port } = await mailServer({ authOptional: false, onAuth: (_, __, done) => done(new Error('bad')) });
    const told = await failing(send(sinkAt(port, { user: 'deploy' })));
    expect(told).toMatchObject({ type: 'Forbidden', wrote: false });
    expect(told.message).toContain('answered 535');
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });

  test('whose server is down says where it was looked for, and what to do', async () => {
    const told = await failing(send(sinkAt(1)));
    expect(told).toMatchObject({ type: 'Unavailable', wrote: false });
    expect(told.message).toBe(
      'The mail server 127.0.0.1:1 cannot be reached (ECONNREFUSED). Start it, or correct host and port of the sink mail.',
    );
  });

  test('whose server has no name says so', async () => {
    const told = await failing(send(sinkAt(25, { host: 'mail.invalid' })));
    expect(told.message).toMatch(/^The mail server mail\.invalid:25 (is not known by that name|gives no answer in time)\./);
  });

  test('is not sent in the clear where TLS is asked for', async () => {
    const { port, taken } = await mailServer();
    const told = await failing(send(sinkAt(port, { security: 'starttls' })));
    expect(told).toMatchObject({ type: 'Misconfigured', final: true, wrote: false });
    expect(told.message).toContain('does not agree on TLS');
    expect(taken).toEqual([]);
  });

  test('is not sent to a server whose certificate nobody vouches for', async () => {
    const { port, taken } = await mailServer({ disabledCommands: [] });
    const told = await failing(send(sinkAt(port, { security: 'starttls' })));
    expect(told).toMatchObject({ type: 'Misconfigured', wrote: false });
    expect(told.message).toContain('has a certificate that is not trusted here');
    expect(taken).toEqual([]);
  });

  test('whose server hangs up after the message may have arrived; before it, it has not', async () => {
    const after = await failing(send(sinkAt(await hangsUp('after DATA'))));
    expect(after).toMatchObject({ type: 'Unavailable', final: false });
    expect(after.wrote).toBeUndefined();
    expect(after.message).toContain('took the message and did not answer');
    expect(await failing(send(sinkAt(await hangsUp('RCPT'))))).toMatchObject({ type: 'Unavailable', wrote: false });
  });

  test('to a server that says one word at a time is given up when its time is over, and may have arrived', async () => {
    const { port, taken } = await mailServer({ onRcptTo: (_, __, done) => void setTimeout(done, 200) });
    const to = Array.from({ length: 8 }, (_, place) => `p${place}@example.com`);
    const begun = Date.now();
    const told = await failing(mailSender(500)(sinkAt(port, { to }), notice, {}, new AbortController().signal));
    expect(Date.now() - begun).toBeLessThan(1_200);
    expect(told.message).toMatch(/^The mail server 127\.0\.0\.1:\d+ takes longer than 500 ms for one message\. Look at its load/);
    expect(told.wrote).toBeUndefined();
    expect(taken).toEqual([]);
  });

  test('is given up at once when the worker stops', async () => {
    const { port } = await mailServer({ onData: (stream) => void stream.resume() });
    const stopping = new AbortController();
    const sending = send(sinkAt(port), {}, stopping.signal);
    stopping.abort(new Error('the worker stops'));
    await expect(sending).rejects.toThrow('the worker stops');
  });
});
