import { connect, type Socket } from 'node:net';

/** What a mail server is told, each after the answer that must come before. */
const talk = [
  { after: '220', say: 'EHLO [127.0.0.1]' },
  { after: '250', say: 'STARTTLS' },
  { after: '220', say: null },
] as const;
/** A greeting is a few lines: nobody may fill the memory with one. */
const longestAnswer = 10_000;

/** A connection to a mail server, up to where TLS begins: nobody logs in, nothing is sent. Rejects where the server does not offer it. */
export function startTls({ host, port }: { readonly host: string; readonly port: number }, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    let place = 0;
    let answer = '';
    const hear = (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      // The last line of an answer has a blank behind its number.
      const code = /^(\d{3})(?: .*)?\r?\n/m.exec(answer)?.[1];
      if (code === undefined && answer.length < longestAnswer) return;
      const step = talk[place];
      if (step === undefined || code !== step.after) return void socket.destroy(refused(code));
      if (step.say !== null) {
        socket.write(`${step.say}\r\n`);
        [place, answer] = [place + 1, ''];
        return;
      }
      socket.off('data', hear).off('error', reject).off('close', close);
      resolve(socket);
    };
    const close = () => reject(new Error('closed'));
    socket.on('data', hear).on('error', reject).on('close', close);
  });
}

function refused(code: string | undefined): Error {
  return Object.assign(new Error('refused'), { code: `no STARTTLS (${code ?? 'no answer of a mail server'})` });
}
