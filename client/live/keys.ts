import type { Pressable } from '../screens/keys';
import type { Situation } from '../situation';

/** One key that does something now. */
export interface KeyAction extends Pressable {
  /** Asked before it is done; absent: done at once. */
  readonly confirm?: string;
  /** Does it; answers with one sentence. */
  readonly act: () => Promise<string>;
}
export type ExtraKeys = (situation: Situation) => readonly KeyAction[];

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
