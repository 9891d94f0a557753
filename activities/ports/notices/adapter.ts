import type { SinkSpec } from '../../../workflows/runbook/spec';
import type { Http } from '../http';
import type { Notice, Notices, Sent } from '../notices';
import type { Secret } from '../secrets';
import { fileSender } from './file';
import { mailSender } from './mail';
import { slackSender } from './slack';
import { oneLine, plainText } from './text';
import { webhookSender } from './webhook';

/** Sends one notice to sinks of one kind. */
export type Sender<Sink extends SinkSpec> = (
  sink: Sink,
  notice: Notice,
  secrets: Readonly<Record<string, Secret>>,
  signal: AbortSignal,
) => Promise<Sent>;

/**
 * One sender for each kind of sink. Texts come from pods, servers and people: none steers a mail header, a terminal or a pager.
 *
 * @param folder below which sinks that are files are.
 */
export function createNotices(http: Http, folder: string): Notices {
  const senders: { readonly [Kind in SinkSpec['kind']]: Sender<Extract<SinkSpec, { kind: Kind }>> } = {
    webhook: webhookSender(http),
    slack: slackSender(http),
    mail: mailSender(),
    file: fileSender(folder),
  };
  return {
    send: (sink, notice, secrets, signal) =>
      (senders[sink.kind] as Sender<SinkSpec>)(
        sink,
        { ...notice, key: oneLine(notice.key), subject: oneLine(notice.subject), text: plainText(notice.text) },
        secrets,
        signal,
      ),
  };
}
