import { findPart, PartNotFound } from './find';
import { partNames, parts } from './index';

/** A real server as it was found: its executable, or why there is none, with every way to install it. */
export interface FoundPart {
  readonly title: string;
  readonly executable: string | null;
  readonly reason: string | null;
}

/** Finds every real server, one after another, and fetches those that this machine lacks. Progress goes to stderr. */
export async function fetchParts(): Promise<readonly FoundPart[]> {
  const found: FoundPart[] = [];
  for (const name of partNames) {
    const { title } = parts[name];
    try {
      found.push({ title, executable: await findPart(parts[name]), reason: null });
    } catch (error) {
      if (!(error instanceof PartNotFound)) throw error;
      found.push({ title, executable: null, reason: error.message });
    }
  }
  return found;
}
