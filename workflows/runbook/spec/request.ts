import type { Milliseconds } from './values';

export type JsonType = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'null';

export interface RequestSpec {
  readonly name: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Name of the token in `tokens`. */
  readonly token?: string;
  readonly expect: {
    readonly status: number;
    /** Fields that the JSON answer must have, by dotted path, and their types. */
    readonly json?: Readonly<Record<string, JsonType>>;
    readonly within: Milliseconds;
  };
  /** Requests with the same number run side by side; higher numbers wait for lower ones. */
  readonly after: number;
}
