import type { Undo, UndoReceipt, Write } from './writes';

/** The flags' ConfigMap. */
export interface FlagActivities {
  readFlags(change: FlagsChange): Promise<FlagsState>;
  createFlags(write: Write<FlagsChange, FlagsState>): Promise<FlagsState>;
  removeFlags(undo: Undo<FlagsChange, FlagsState>): Promise<UndoReceipt>;
}

export interface FlagsChange {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
}
export interface FlagsState {
  readonly existed: boolean;
  readonly uid: string | null;
}
