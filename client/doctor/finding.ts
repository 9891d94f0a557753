/** One thing that was looked at: it is there, it is missing, or it is worth a word. */
export interface Finding {
  readonly kind: 'ok' | 'missing' | 'note';
  /** What was looked at. */
  readonly about: string;
  /** What was found. */
  readonly found: string;
  /** How to mend it; empty where nothing is to be mended. */
  readonly remedy: string;
}

export const ok = (about: string, found: string): Finding => ({ kind: 'ok', about, found, remedy: '' });
export const missing = (about: string, found: string, remedy: string): Finding => ({ kind: 'missing', about, found, remedy });
export const note = (about: string, found: string, remedy: string): Finding => ({ kind: 'note', about, found, remedy });

/** The first line of an error, for a finding. */
export function said(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? message;
}
