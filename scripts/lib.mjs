/** What the scripts share: where things are, running programs, and one lock. */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const dist = join(root, 'dist');
/** The folders that are compiled. */
export const sourceFolders = ['workflows', 'activities', 'worker', 'client', 'spec', 'sandbox', 'bench'];

/** All files below a folder of the checkout, as paths from its root with slashes. */
export function filesBelow(folder) {
  const names = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** The entry point of a dependency's command, to be run by this very Node. */
export const commandOf = (name, entry) => join(root, 'node_modules', name, entry);

/** Runs this Node on a script; gives the exit code and, if asked, what it printed. */
export function runNode(args, { capture = false, env = process.env } = {}) {
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: capture ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Holds a lock while it works, so that two builds at the same time make one. A lock untouched for ten seconds is abandoned. */
export async function whileLocked(path, work) {
  for (;;) {
    try {
      mkdirSync(path);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (ageOf(path) > 10_000) rmSync(path, { recursive: true, force: true });
      else await delay(100);
    }
  }
  const touching = setInterval(() => utimesSync(path, new Date(), new Date()), 1_000);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    rmSync(path, { recursive: true, force: true });
  }
}

function ageOf(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
