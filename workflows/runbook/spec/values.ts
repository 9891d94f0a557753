export type Milliseconds = number;

/** A share of traffic, 0 to 100 %. */
export type Percent = number;

/** Where a secret is read from, at the moment of use: `env:NAME` or `file:/path`. Never the secret itself. */
export type SecretReference = `env:${string}` | `file:${string}`;

/** A kubeconfig context, or `in-cluster`, or `current` for the kubeconfig's current context. */
export type ClusterName = string;
