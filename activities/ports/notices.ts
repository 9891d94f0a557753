import type { NoticeKind, SinkSpec } from '../../workflows/runbook/spec';
import type { Secret } from './secrets';

export interface Notice {
  /** A sink that sees the same key twice has the same notice twice. */
  readonly key: string;
  readonly kind: NoticeKind | null;
  readonly subject: string;
  readonly text: string;
  /** What the sink calls the first message of the deployment: this one answers it. */
  readonly thread: string | undefined;
  /** It was perhaps sent before, and its answer lost: a sink that can look does so, any other marks it. */
  readonly mayRepeat: boolean;
}

export interface Sent {
  /** What later messages answer. */
  readonly thread?: string;
  /** What else there is to say: refused recipients, a copy that was found. */
  readonly note?: string;
  /** True where the sink could tell that it has the notice once, whatever was sent before. */
  readonly isOnce?: boolean;
}

/** Where notices go: one way of sending for each kind of sink. */
export interface Notices {
  /**
   * Sends it once. Fails with a type of the catalogue; where the failure's details do not say `wrote: false`, it may have arrived.
   *
   * @param secrets by their names in the sink.
   */
  send(sink: SinkSpec, notice: Notice, secrets: Readonly<Record<string, Secret>>, signal: AbortSignal): Promise<Sent>;
}
