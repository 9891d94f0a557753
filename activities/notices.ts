import type { NotifyReceipt, NotifyRequest } from '../workflows/runbook/contract';
import type { SinkSpec } from '../workflows/runbook/spec';
import type { Attempt } from './activity';
import type { Ports } from './ports';

const tries = 2;
const pause = 500;

/** Notices to people. Bounded, and never a reason to fail: a sink that is down is listed. */
export function noticeActivities({ notices, secrets, clock }: Ports) {
  return {
    async notify({ sinks, tokens, key, subject, text }: NotifyRequest, { signal }: Attempt): Promise<NotifyReceipt> {
      const arrived = await Promise.all(sinks.map(deliver));
      return { delivered: names(sinks, arrived, true), undelivered: names(sinks, arrived, false) };

      async function deliver({ url, token: name }: SinkSpec): Promise<boolean> {
        for (let attempt = 1; attempt <= tries; attempt++) {
          try {
            const reference = name === undefined ? undefined : tokens[name];
            const token = reference && (await secrets.resolve(reference));
            await notices.send({ url, token, key, subject, text, signal });
            return true;
          } catch {
            signal.throwIfAborted();
            if (attempt < tries) await clock.sleep(pause, signal);
          }
        }
        return false;
      }
    },
  };
}

function names(sinks: readonly SinkSpec[], arrived: readonly boolean[], wanted: boolean): readonly string[] {
  return sinks.filter((_, place) => arrived[place] === wanted).map(({ name }) => name);
}
