import { failure } from '../../failures';
import type { Http } from '../http';
import type { Notices } from '../notices';

const deadline = 4_000;

/** Notices as a JSON post to a webhook. */
export function createNotices(http: Http): Notices {
  return {
    async send({ url, token, key, subject, text, signal }) {
      const { status } = await http.send({
        method: 'POST',
        base: url,
        token,
        headers: { 'idempotency-key': key.replace(/[^\x21-\x7e]+/g, '-') },
        body: { key, subject: printable(subject), text: withoutControls(text) },
        deadline,
        signal,
      });
      if (status < 200 || status > 299) throw failure('Unavailable', `The sink answered ${status}`, { remedy: 'Look at the sink.' });
    },
  };
}

/** One line: line breaks would make new headers in mail. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}
/** Terminals and pagers obey escape sequences: only line breaks and tabs stay. */
function withoutControls(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, '');
}
