import type { Asked, Faults } from '../kubernetes/faults';
import type { LedgerEntry } from '../kubernetes/ledger';

/** A Kubernetes API that the sandbox's world runs on: the stand-in, or a real one behind a proxy of ours. */
export interface Cluster {
  readonly url: string;
  /** The authority of the server's certificate, PEM. */
  readonly ca: string;
  /** The kubeconfig's bearer token: of a user who may do everything. */
  readonly token: string;
  /** YAML with the contexts `sandbox` and those added; `namespace` becomes their default. */
  kubeconfig(namespace?: string): string;
  /** All attempts to write. */
  readonly ledger: readonly LedgerEntry[];
  readonly faults: Faults;
  /** What was asked with other tokens than the kubeconfig's; only where a proxy stands before the API. */
  readonly askedByOthers?: readonly Asked[];
  /** Ends watches and connections and frees the port. */
  stop(): Promise<void>;
}
