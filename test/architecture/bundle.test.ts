import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundleFiles, readStamp, stampOf } from '../../worker/bundle-stamp';
import { root } from './imports';

/** The packages whose modules are in the bundle, and the modules of Node that it would ask for. */
interface Contents {
  readonly packages: ReadonlySet<string>;
  readonly sources: ReadonlySet<string>;
  readonly externals: readonly string[];
}

function contentsOf(code: string): Contents {
  const modules = [...code.matchAll(/^\/\*\*\*\/ "([^"]+)":?/gm)].map(([, name = '']) => name);
  const packages = modules.flatMap((name) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1] ?? []);
  return {
    packages: new Set(packages),
    sources: new Set(modules.filter((name) => !name.includes('node_modules'))),
    externals: [...code.matchAll(/require\("((?:node:)?[\w/]+)"\)/g)].map(([, name = '']) => name),
  };
}

describe('the workflow bundle, built for real', () => {
  let contents: Contents;
  beforeAll(async () => {
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(root, 'workflows', 'index.ts'),
      logger: new DefaultLogger('WARN'),
    });
    contents = contentsOf(code);
  }, 60_000);

  test('holds the workflows and the runbook', () => {
    const sources = [...contents.sources].join('\n');
    expect(sources).toContain('workflows/analytics-deployment');
    expect(sources).toContain('workflows/follow-up');
    expect(sources).toContain('workflows/runbook/phase-2-production');
  });

  test("holds no package but Temporal's workflow SDK and what belongs to it", () => {
    const own = ['@temporalio/workflow', '@temporalio/common', '@temporalio/worker', 'nexus-rpc', 'long', 'ms'];
    expect([...contents.packages].filter((name) => !own.includes(name))).toEqual([]);
  });

  test('asks for no module of Node', () => {
    const forbidden = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
    expect(contents.externals.filter((name) => forbidden.has(name))).toEqual([]);
  });

  test('holds no source but the workflows', () => {
    const others = [...contents.sources].filter((name) => /\.\/(?:activities|worker|client|spec|sandbox|bench|test)\//.test(name));
    expect(others).toEqual([]);
  });
});

test('the prebuilt bundle belongs to the sources', () => {
  const dist = join(root, 'dist');
  expect(existsSync(join(dist, bundleFiles.code))).toBe(true);
  expect(readStamp(dist)).toBe(stampOf(join(root, 'workflows')));
  expect(readFileSync(join(dist, bundleFiles.code), 'utf8').length).toBeGreaterThan(100_000);
});
