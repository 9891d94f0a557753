/** A spec: read, checked, and what it is known by. */
export { planDigest } from './digest';
export { formatDuration, parseDuration } from './duration';
export { type LoadResult, loadSpec, readSpec } from './load';
export { formatProblem, type Problem } from './problems';
export { parseMoment } from './times';
export { defaultSpecPath, starterSpec } from './starter';
