import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Compiler and linter are not installed in every checkout: TOOLS names a folder whose packages have them. */
export const tools = process.env.TOOLS ?? process.cwd();
export const require = createRequire(join(tools, 'package.json'));
