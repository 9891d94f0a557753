export interface RemoteRef {
  /** The object that the ref names: for an annotated tag the tag object. */
  readonly object: string;
  /** The commit behind an annotated tag, null for any other ref. */
  readonly peeled: string | null;
}

export interface TagToPush {
  readonly remote: string;
  readonly name: string;
  readonly message: string;
  readonly commit: string;
  readonly tagger: { readonly name: string; readonly email: string };
  /** ISO time with zone. */
  readonly at: string;
}

/** Git by the installed git: https, ssh and file remotes only, no prompts, no hooks. */
export interface Git {
  /** All refs of the remote whose name ends in `name`, by full name. */
  remoteRefs(remote: string, name: string, signal: AbortSignal): Promise<ReadonlyMap<string, RemoteRef>>;
  /**
   * Makes the annotated tag, the same object on every machine, and pushes it with lease: a tag that is there must be this very object.
   * `rejected` where the remote has another one.
   */
  pushTag(tag: TagToPush, signal: AbortSignal): Promise<{ readonly object: string; readonly result: 'pushed' | 'rejected' }>;
  /** A directory with the files of one commit; `remove` deletes it. */
  checkout(remote: string, commit: string, signal: AbortSignal): Promise<{ readonly directory: string; remove(): Promise<void> }>;
}
