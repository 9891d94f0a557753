import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectSandbox } from '../../sandbox/world/client';
import { defaultSpecPath } from '../../spec';

const program = join(__dirname, '..', '..', 'dist', 'sandbox', 'main.js');
let directory: string;
let processes: readonly ChildProcess[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sandbox-main-'));
});
afterEach(async () => {
  processes.forEach((child) => child.kill('SIGKILL'));
  processes = [];
  await rm(directory, { recursive: true, force: true });
});

function start(...parameters: readonly string[]) {
  const child = spawn(process.execPath, [program, ...parameters], { stdio: ['pipe', 'pipe', 'pipe'] });
  processes = [...processes, child];
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return { child, ended, line: once(createInterface(child.stdout), 'line').then(([text]) => String(text)) };
}

describe('the sandbox as a process', () => {
  test('prints one line of addresses when it is ready, can be looked at and broken, and ends when its parent is gone', async () => {
    const portFile = join(directory, 'ready.json');
    const options = [
      '--spec',
      defaultSpecPath,
      '--dir',
      directory,
      '--rate',
      '20',
      '--replicas',
      '1',
      '--attached',
      '--port-file',
      portFile,
    ];
    const { child, ended, line } = start(...options);
    const ready = JSON.parse(await line) as { readonly ready: boolean; readonly control: string; readonly kubeconfig: string };
    expect(ready).toMatchObject({ ready: true, kubeconfig: join(directory, 'kubeconfig'), overrides: join(directory, 'overrides.yaml') });
    expect(JSON.parse(await readFile(portFile, 'utf8'))).toEqual(ready);
    const control = connectSandbox(ready.control);
    await control.setFault({ kind: 'errors' });
    expect((await control.stats()).faults).toHaveLength(1);
    await control.clearFaults();
    expect((await control.stats()).faults).toHaveLength(0);
    expect((await control.ledger()).length).toBeGreaterThan(5);
    await expect(control.setFault({ kind: 'flood' } as never)).rejects.toThrow('A fault is');
    child.stdin.end();
    expect(await ended).toBe(0);
  });

  test('ends in peace at SIGTERM', async () => {
    const { child, ended, line } = start('--spec', defaultSpecPath, '--dir', directory, '--replicas', '1');
    await line;
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('says what is wrong with its options and leaves with 2', async () => {
    const wrong = [
      ['--dir', directory],
      ['--spec', defaultSpecPath, '--dir', directory, '--rate', 'fast'],
      ['--spec', join(directory, 'none.yaml'), '--dir', directory],
    ];
    expect(await Promise.all(wrong.map((options) => start(...options).ended))).toEqual([2, 2, 2]);
  });
});
