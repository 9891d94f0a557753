import { exitCodes } from './exit-codes';

/** Something to tell a person in one message; it ends the command with a code and never with a stack trace. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    message: string,
    readonly code: number,
    /** For `--json`: more than the sentence. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** Wrong usage, or an invalid spec: exit 2. */
export const wrongUsage = (message: string, details?: Readonly<Record<string, unknown>>): Problem =>
  new Problem(message, exitCodes.usage, details);
/** The deployment refused: exit 5. */
export const refused = (message: string, details?: Readonly<Record<string, unknown>>): Problem =>
  new Problem(message, exitCodes.refused, details);
/** The tool or the connection failed: exit 1. */
export const failure = (message: string, details?: Readonly<Record<string, unknown>>): Problem =>
  new Problem(message, exitCodes.failure, details);

/** What is said for an error that nobody foresaw: its message, and how to see the rest. */
export function describeUnforeseen(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `Unexpected: ${message}. Set ANALYTICS_DEPLOY_DEBUG=1 to see where it came from; "analytics-deploy status" tells how the deployment stands.`;
}

/** The code of a system's error, `ENOENT`; undefined where it is none. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
