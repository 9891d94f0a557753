import { hostname, userInfo } from 'node:os';

type Environment = Readonly<Record<string, string | undefined>>;

/** Said wherever a person is named. */
export const asStated = 'identities are as stated by the client';

/** Who speaks: `--as`, else ANALYTICS_DEPLOY_USER, else the operating system's user. */
export function whoIs(as: string | undefined, env: Environment): string {
  return as ?? (env['ANALYTICS_DEPLOY_USER'] || userOfSystem(env));
}

/** How the client names itself to Temporal: `user@host/version`. */
export function clientIdentity(who: string, version: string): string {
  return `${who}@${hostname()}/${version}`;
}

/** A machine's user may have no name: containers run under bare numbers. */
function userOfSystem(env: Environment): string {
  try {
    return userInfo().username;
  } catch {
    return env['USER'] ?? 'unknown';
  }
}
