type Environment = Readonly<Record<string, string | undefined>>;

/** `ANALYTICS_DEPLOY_NOTICES`, else a folder of ours below the user's data. */
export function noticesFolder(environment: Environment, home: string): string {
  const data = environment['XDG_DATA_HOME'] || `${home}/.local/share`;
  return environment['ANALYTICS_DEPLOY_NOTICES'] || `${data}/analytics-deploy/notices`;
}
