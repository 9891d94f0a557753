import type { Secret } from './secrets';

export interface Registry {
  /**
   * Digest of a tag, `sha256:…`, by the OCI distribution API. `repository` as the cluster pulls it; `api` is the base URL of the registry
   * where it is not `https://<host of repository>`.
   */
  digestOf(request: {
    readonly repository: string;
    readonly tag: string;
    readonly api?: string | undefined;
    readonly token?: Secret | undefined;
    readonly signal: AbortSignal;
  }): Promise<string>;
}
