import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where the sources of the sandbox's project are: beside the sources of the sandbox, also for its compiled form. */
export function findProject(from = __dirname): string {
  const project = join(from, 'sandbox', 'project');
  if (existsSync(join(project, 'package.json'))) return project;
  const above = dirname(from);
  if (above === from) throw new Error('The folder sandbox/project is not there. Run the sandbox from a complete checkout.');
  return findProject(above);
}

/** The folder whose packages have the compiler and the linter that the project's scripts run: a checkout with what it is developed with. */
export const findTools = (): string => dirname(dirname(findProject()));
