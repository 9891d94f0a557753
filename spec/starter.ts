import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The default analytics spec, beside this file in the sources and in the build. */
export const defaultSpecPath = join(__dirname, 'analytics.yaml');

/** The commented spec that `init` writes. */
export const starterSpec = (): string => readFileSync(defaultSpecPath, 'utf8');
