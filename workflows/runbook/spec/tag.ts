/** The release's git tag (runbook, step 1.1). `{version}` is replaced. */
export interface TagSpec {
  readonly name: string;
  readonly message: string;
  /** Remote to push to: an https, ssh or file URL. */
  readonly remote: string;
  /** The ref whose commit is released, unless `start --commit` names one. */
  readonly ref: string;
  /** Fixed tagger, so that the same tag is the same object from every machine. */
  readonly tagger: { readonly name: string; readonly email: string };
  readonly push: boolean;
}
