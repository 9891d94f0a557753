import type { Situation } from '../situation';

/** One key that does something now. */
export interface KeyAction {
  readonly key: string;
  readonly label: string;
  /** Asked before it is done; absent: done at once. */
  readonly confirm?: string;
  /** Does it; answers with one sentence. */
  readonly act: () => Promise<string>;
}
export type ExtraKeys = (situation: Situation) => readonly KeyAction[];

/** The line that says what can be pressed. */
export function keysLine(actions: readonly KeyAction[], leave: string): string {
  return [...actions.map(({ key, label }) => `${key} ${label}`), `q ${leave}`].join('   ');
}

/** Reads single keys from the terminal until told to stop. Ctrl-C arrives as it would without us. */
export function listenForKeys(onKey: (key: string) => void): () => void {
  const { stdin } = process;
  const listen = (data: Buffer) => {
    for (const key of data.toString('utf8')) {
      if (key === '\u0003') process.kill(process.pid, 'SIGINT');
      else onKey(key);
    }
  };
  stdin.setRawMode(true);
  stdin.resume();
  stdin.on('data', listen);
  return () => {
    stdin.off('data', listen);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
