/** npm run build: compiles to dist/, copies what is not TypeScript, bundles the workflows, links the command. Skips what is fresh. */
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { commandOf, dist, filesBelow, root, runNode, sourceFolders, whileLocked } from './lib.mjs';

const require = createRequire(import.meta.url);
const recordFile = join(dist, '.build.json');

async function build() {
  const isCompiled = await compile();
  copyAssets();
  linkCommand();
  if (isCompiled || existsSync(join(dist, 'workflows', 'index.js'))) await bundle();
  if (!isCompiled) process.exitCode = 1;
}

/** False where the types are wrong: what could be written is written all the same. */
async function compile() {
  const sources = sourceFolders.flatMap((folder) => filesBelow(folder)).filter(isSource);
  const inputs = [...sources, 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
  const record = digest(inputs.map((name) => `${name} ${statSync(join(root, name)).mtimeMs} ${statSync(join(root, name)).size}`));
  if (readRecord() === record) return true;
  removeStale(sources);
  const { code } = await runNode([commandOf('typescript', 'bin/tsc'), '-p', 'tsconfig.build.json']);
  if (code === 0) writeFileSync(recordFile, JSON.stringify({ inputs: record }));
  return code === 0;
}
const isSource = (name) => name.endsWith('.ts') && !name.startsWith('sandbox/project/');
const digest = (lines) => createHash('sha256').update(lines.join('\n')).digest('hex');

function readRecord() {
  try {
    return JSON.parse(readFileSync(recordFile, 'utf8')).inputs;
  } catch {
    return undefined;
  }
}

/** What was compiled from a source that is gone must not be found any more. */
function removeStale(sources) {
  const wanted = new Set(sources.map((name) => `dist/${name.replace(/\.ts$/, '.js')}`));
  const compiled = filesBelow('dist').filter((name) => name.endsWith('.js') && name.split('/').length > 2);
  for (const name of compiled.filter((file) => !wanted.has(file))) rmSync(join(root, name));
}

function copyAssets() {
  const assets = filesBelow('spec').filter((name) => !name.endsWith('.ts'));
  for (const name of assets) {
    const [from, to] = [join(root, name), join(dist, name)];
    if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) continue;
    mkdirSync(dirname(to), { recursive: true });
    cpSync(from, to);
  }
}

/** npm links the commands of dependencies only; with this link `npx analytics-deploy` finds the checkout's own. */
function linkCommand() {
  const folder = join(root, 'node_modules', '.bin');
  const command = join(root, 'bin', 'analytics-deploy.js');
  if (!existsSync(folder) || !existsSync(command)) return;
  chmodSync(command, 0o755);
  const link = join(folder, 'analytics-deploy');
  if (process.platform === 'win32') {
    writeFileSync(`${link}.cmd`, '@node "%~dp0\\..\\..\\bin\\analytics-deploy.js" %*\r\n');
    return;
  }
  if (existsSync(link)) return;
  rmSync(link, { force: true });
  symlinkSync(join('..', '..', 'bin', 'analytics-deploy.js'), link);
}

async function bundle() {
  const { bundleFiles, readStamp, stampOf } = require(join(dist, 'worker', 'bundle-stamp.js'));
  const stamp = stampOf(join(root, 'workflows'));
  if (readStamp(dist) === stamp) return;
  rmSync(join(dist, bundleFiles.stamp), { force: true });
  const { bundleWorkflowCode, DefaultLogger } = require('@temporalio/worker');
  const workflowsPath = join(dist, 'workflows', 'index.js');
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    // Our modules keep no state of their own: loaded once and frozen, all cached deployments share them.
    preloadModules: [workflowsPath],
    logger: new DefaultLogger('WARN'),
  });
  writeFileSync(join(dist, bundleFiles.code), code);
  // Last, so that a stamp always belongs to a whole bundle.
  writeFileSync(join(dist, bundleFiles.stamp), `${JSON.stringify({ sources: stamp })}\n`);
}

mkdirSync(dist, { recursive: true });
await whileLocked(join(dist, '.build.lock'), build);
