import { createRequire } from 'node:module';
import type autocannon from 'autocannon';
import type { Load, LoadRun } from '../load';

/** The generator takes half a second to load: only when load is first asked for. */
const load = (): typeof autocannon => createRequire(__filename)('autocannon') as typeof autocannon;

/** Load by autocannon. Every response time is kept, so that p95 is exact and not read off a coarse table. */
export const autocannonLoad: Load = {
  async run(request) {
    request.signal.throwIfAborted();
    const times: number[] = [];
    const { errors, non2xx } = await generate(request, times);
    request.signal.throwIfAborted();
    return { requests: times.length + errors, errors: errors + non2xx, p95: quantile(times, 0.95) };
  },
};

function generate({ url, token, connections, rate, duration, signal }: LoadRun, times: number[]): Promise<autocannon.Result> {
  return new Promise((resolve, reject) => {
    const options: autocannon.Options = {
      url,
      connections,
      overallRate: rate,
      duration: Math.max(Math.round(duration / 1_000), 1),
      ...(token ? { headers: { authorization: `Bearer ${token.reveal()}` } } : {}),
    };
    const run = load()(options, (error: unknown, result) => {
      signal.removeEventListener('abort', stop);
      if (error instanceof Error) reject(error);
      else resolve(result);
    });
    const stop = () => run.stop();
    run.on('response', (_client, _status, _bytes, milliseconds) => times.push(milliseconds));
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** The smallest value at or below which the share `q` of all lies. */
function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.ceil(q * sorted.length) - 1] ?? NaN;
}
