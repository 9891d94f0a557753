export interface ImageSpec {
  /** Repository without tag, as the cluster pulls it. */
  readonly repository: string;
  readonly container: string;
  /** Base URL of the registry's API where it is not `https://<host of repository>`. */
  readonly registry?: string;
  /** Token for the registry, by name in `tokens`. */
  readonly token?: string;
  /** Digest of the released image; resolved once from the registry where absent. */
  readonly digest?: string;
}
