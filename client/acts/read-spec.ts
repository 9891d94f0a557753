import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defaultSpecPath, formatProblem, loadSpec, planDigest } from '../../spec';
import type { Spec } from '../../workflows/runbook/spec';
import { textOf, textsOf, type Context } from '../command';
import { wrongUsage } from '../problems';

export interface ReadSpec {
  readonly spec: Spec;
  readonly file: string;
  readonly overrides: readonly string[];
  readonly planDigest: string;
}

/** The spec that the options name, else ./analytics.yaml, else the built-in one. All problems at once, exit 2. */
export function readSpec({ options }: Pick<Context, 'options'>): ReadSpec {
  const file = textOf(options, 'spec') ?? (existsSync('analytics.yaml') ? resolve('analytics.yaml') : defaultSpecPath);
  const overrides = textsOf(options, 'overrides');
  const result = loadSpec(file, [...overrides]);
  if (result.ok) return { spec: result.spec, file, overrides, planDigest: planDigest(result.spec) };
  throw wrongUsage(result.problems.map(formatProblem).join('\n'), { problems: result.problems });
}
