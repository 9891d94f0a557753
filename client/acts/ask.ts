import { createInterface } from 'node:readline/promises';

/** Asks a person at the terminal; an interruption is an empty answer. */
export async function ask(question: string, signal: AbortSignal): Promise<string> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await prompt.question(question, { signal })).trim();
  } catch {
    return '';
  } finally {
    prompt.close();
  }
}
