import type { Secret } from './secrets';

export interface Notice {
  readonly url: string;
  readonly token?: Secret | undefined;
  /** A sink that sees the same key twice has the same notice twice. */
  readonly key: string;
  readonly subject: string;
  readonly text: string;
  readonly signal: AbortSignal;
}

export interface Notices {
  /** Sends it once; fails with a type of the catalogue. */
  send(notice: Notice): Promise<void>;
}
