import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import { quantile } from './statistics';

/** What a reader must know about the machine to believe the figures. */
export interface Machine {
  readonly node: string;
  readonly sdk: string;
  readonly server: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
}

export function describeMachine(server: string): Machine {
  const [first] = cpus();
  return {
    node: process.versions.node,
    sdk: versionOf('@temporalio/worker'),
    server,
    cpu: first?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
  };
}

function versionOf(name: string): string {
  const manifest: unknown = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
}

/** How quiet the machine was during a stretch of time. */
export interface Quiet {
  /** Share of the processors' time that the host gave to others; null where the system does not tell. */
  readonly steal: number | null;
  /** Share of the processors' time that somebody worked, we included. */
  readonly busy: number | null;
  /** Runnable processes, mean of the last minute. */
  readonly load: number;
  /** A fixed piece of work: its longest and its median time. */
  readonly canary: { readonly median: number; readonly worst: number };
}

/** Starts to watch the machine; call the result at the end of the stretch. */
export function watchMachine(): () => Quiet {
  const before = readCpuTimes();
  return () => {
    const after = readCpuTimes();
    const loops = Array.from({ length: 100 }, timeOfLoop);
    return {
      ...(before && after ? shares(before, after) : { steal: null, busy: null }),
      load: loadavg()[0] ?? NaN,
      canary: { median: quantile(loops, 0.5), worst: Math.max(...loops) },
    };
  };
}

interface CpuTimes {
  readonly total: number;
  readonly idle: number;
  readonly steal: number;
}

/** The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal. */
function readCpuTimes(): CpuTimes | null {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
    const times = line.split(/\s+/).slice(1, 9).map(Number);
    return { total: times.reduce((sum, time) => sum + time, 0), idle: (times[3] ?? 0) + (times[4] ?? 0), steal: times[7] ?? 0 };
  } catch {
    return null;
  }
}

function shares(before: CpuTimes, after: CpuTimes): { readonly steal: number; readonly busy: number } {
  const total = after.total - before.total || 1;
  return { steal: (after.steal - before.steal) / total, busy: 1 - (after.idle - before.idle) / total };
}

/** Milliseconds of a fixed loop. */
function timeOfLoop(): number {
  const began = performance.now();
  let sum = 0;
  for (let step = 0; step < 200_000; step++) sum = (sum * 31 + step) | 0;
  return performance.now() - began;
}
