import type { Percent } from './values';

export interface FlagsSpec {
  /** Prefix of the ConfigMap's name; the content's hash follows it. */
  readonly configMap: string;
  readonly values: Readonly<Record<string, string>>;
  /** The rollout percentage that the application itself reads; the ramp does not raise it. */
  readonly rollout?: { readonly name: string; readonly percentage: Percent };
}
