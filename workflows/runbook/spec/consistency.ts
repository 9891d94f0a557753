import type { RequestSpec } from './request';

export interface ConsistencySpec {
  readonly requests: readonly Pick<RequestSpec, 'name' | 'method' | 'path' | 'token'>[];
  /** Token for production, where it differs from the request's. */
  readonly productionToken?: string;
}
