import type { SinkSpec } from '../../../workflows/runbook/spec';
import type { Http } from '../http';
import type { Notice, Notices, Sent } from '../notices';
import type { Secret } from '../secrets';
import { oneLine, plainText } from './text';
import { webhookSender } from './webhook';

/** Sends one notice to sinks of one kind. */
export type Sender<Sink extends SinkSpec> = (
  sink: Sink,
  notice: Notice,
  secrets: Readonly<Record<string, Secret>>,
  signal: AbortSignal,
) => Promise<Sent>;

/** One sender for each kind of sink. Texts come from pods, servers and people: none steers a mail header, a terminal or a pager. */
export function createNotices(http: Http): Notices {
  const senders: { readonly [Kind in SinkSpec['kind']]: Sender<Extract<SinkSpec, { kind: Kind }>> } = {
    webhook: webhookSender(http),
  };
  return {
    send: (sink, notice, secrets, signal) =>
      senders[sink.kind](sink, { ...notice, subject: oneLine(notice.subject), text: plainText(notice.text) }, secrets, signal),
  };
}
