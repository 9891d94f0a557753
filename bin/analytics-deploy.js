#!/usr/bin/env node
/** Starts the command line of the build, on a Node that is new enough. */
'use strict';
const { existsSync } = require('node:fs');
const { delimiter, dirname, join } = require('node:path');

const needed = [22, 19];
const root = join(__dirname, '..');
const entry = join(root, 'dist', 'client', 'main.js');

if (isTooOld(process.versions.node)) runOnOwnNode();
else if (!existsSync(entry)) end('analytics-deploy is not built. Run "npm ci" or "npm run build" in its folder first.');
else start();

function start() {
  require('node:module').enableCompileCache();
  process.on('uncaughtException', (error) => {
    const details = process.env.ANALYTICS_DEPLOY_DEBUG ? error?.stack : 'Set ANALYTICS_DEPLOY_DEBUG=1 to see where.';
    end(`analytics-deploy failed by a mistake of its own: ${error?.message ?? error}. ${details}`);
  });
  require(entry);
}

/** The checkout has a newer Node among its dependencies. */
function runOnOwnNode() {
  const own = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const problem = `analytics-deploy needs Node ${needed.join('.')} or newer; this is ${process.versions.node}.`;
  if (!existsSync(own) || process.env.ANALYTICS_DEPLOY_OWN_NODE) end(`${problem} Run "npm ci" in its folder, or install a newer Node.`);
  const { spawn } = require('node:child_process');
  // First on PATH too: what the spec's commands call "node" is the same one.
  const path = [dirname(own), process.env.PATH || ''].join(delimiter);
  const env = Object.assign({}, process.env, { ANALYTICS_DEPLOY_OWN_NODE: '1', PATH: path });
  // Ctrl-C reaches the child by the terminal; without one it comes to this process alone, as do the others, and is passed on.
  const terminal = Boolean(process.stdin.isTTY);
  const child = spawn(own, [__filename].concat(process.argv.slice(2)), { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => (signal === 'SIGINT' && terminal) || child.kill(signal));
  child.on('error', ({ message }) => end(`${problem} Its own Node does not start: ${message}`));
  child.on('exit', (code, signal) => process.exit(signal ? 128 + (signal === 'SIGINT' ? 2 : 15) : code));
}

function isTooOld(version) {
  const [major, minor] = version.split('.').map(Number);
  return major < needed[0] || (major === needed[0] && minor < needed[1]);
}

function end(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
