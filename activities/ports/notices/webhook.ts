import { failure } from '../../failures';
import type { Http } from '../http';
import { deadline } from './limits';
import type { WebhookSinkSpec } from '../../../workflows/runbook/spec';
import type { Sender } from './adapter';
import { refusal } from './refusal';

/** A JSON post: `{key, kind, subject, text}`, and `mayRepeat` where it was perhaps sent before. The sink tells repeats apart by its Idempotency-Key. */
export function webhookSender(http: Http): Sender<WebhookSinkSpec> {
  return async ({ url }, { key, kind, subject, text, mayRepeat }, { token }, signal) => {
    const { status, headers } = await http.send({
      method: 'POST',
      base: url,
      token,
      headers: { 'idempotency-key': key.replace(/[^\x21-\x7e]+/g, '-') },
      body: { key, ...(kind ? { kind } : {}), subject, text, ...(mayRepeat ? { mayRepeat } : {}) },
      deadline,
      signal,
    });
    if (status >= 200 && status <= 299) return {};
    const { host } = new URL(url);
    if (status === 429)
      throw refusal('RateLimited', `${host} asks to send more slowly`, 'It is tried again when it says.', headers['retry-after']);
    if (status === 401 || status === 403)
      throw refusal('Forbidden', `${host} answered ${status}`, 'Correct the token that the sink names.');
    if (status < 500) throw refusal('Invalid', `${host} answered ${status}`, "Correct the sink's url in the spec.");
    // What stands between may have passed it on.
    throw failure('Unavailable', `${host} answered ${status}`, {
      remedy: 'Look at what receives it.',
      ...(status === 501 || status === 503 ? { wrote: false } : {}),
    });
  };
}
