import type { CommandSpec, ConsistencySpec, LoadSpec, Milliseconds, RequestSpec, SecretReference } from '../spec';

/** Requests, load, commands, and what is compared. */
export interface TestActivities {
  /** Sends one request and judges status, JSON shape and time. */
  probe(request: ProbeRequest): Promise<ProbeReceipt>;
  /** 1.3, on the exec queue. */
  runLoadTest(request: LoadRequest): Promise<LoadReceipt>;
  /** 1.4, on the exec queue. */
  runCommand(request: CommandRequest): Promise<CommandReceipt>;
  /** 1.4, on the exec queue: staging's answers have production's structure. */
  compareStructure(request: StructureRequest): Promise<StructureReceipt>;
}

export interface ProbeRequest {
  readonly url: string;
  readonly request: RequestSpec;
  readonly token?: SecretReference;
  /** For how long a wrong answer is asked for again: until a gateway serves what was written. */
  readonly patience?: Milliseconds;
}
export interface ProbeReceipt {
  readonly status: number;
  readonly took: Milliseconds;
}

export interface LoadRequest {
  readonly url: string;
  readonly metricsUrl: string;
  readonly load: LoadSpec;
  readonly token?: SecretReference;
}
export interface LoadReceipt {
  readonly requests: number;
  readonly errors: number;
  readonly p95: Milliseconds;
  /** Fraction, null where the spec names no cache counters. */
  readonly cacheHits: number | null;
}

export interface CommandRequest {
  readonly command: CommandSpec;
  readonly version: string;
  readonly stagingUrl: string;
  /** Commit whose files the command runs on. */
  readonly commit: string;
  readonly remote: string;
}
export interface CommandReceipt {
  readonly took: Milliseconds;
  /** sha256 of the whole output. */
  readonly output: string;
}

export interface StructureRequest {
  readonly stagingUrl: string;
  readonly productionUrl: string;
  readonly consistency: ConsistencySpec;
  readonly tokens: Readonly<Record<string, SecretReference>>;
}
export interface StructureReceipt {
  readonly compared: number;
  readonly fields: number;
}
