import type { SampleRequest } from '../workflows/runbook/contract';
import type { SampleTally } from '../workflows/runbook/judge/evidence';
import { firstFailure } from '../workflows/runbook/judge/judge';
import type { Attempt } from './activity';
import { findDrift } from './drift';
import type { Ports } from './ports';
import { absorb, carrying, closed, initialState, quantileSlot, type SamplerState } from './sample-state';

/** Bounds of one scrape: two intervals, within reason. */
const scrapeDeadline = { least: 1_000, most: 10_000 } as const;
/** Heartbeat details stay small: beyond this the baselines stay behind, and a crash costs the evidence of its gap. */
const largestDetails = 3_500;

/** The sampler of a watch (runbook, steps 2.2 and 2.3): counts until the first proof of failure, the window's end, or a stop. */
export function samplingActivities(ports: Ports) {
  const { metrics, clock } = ports;
  return {
    /**
     * The window is measured from the first attempt on: a crash of the worker neither restarts nor shortens it. A stop by the workflow (pause,
     * extension, abort) answers with the tally so far; a shutdown of the worker does not, so that another one goes on.
     */
    async sampleSignals(request: SampleRequest, attempt: Attempt): Promise<SampleTally> {
      const { metricsUrl, signals, every, window } = request;
      const deadline = Math.min(Math.max(2 * every, scrapeDeadline.least), scrapeDeadline.most);
      let state = resumedState(attempt.resumed, request) ?? initialState(request, clock.now());
      const end = window === undefined ? Infinity : state.startedAt + window;
      try {
        for (;;) {
          const [scrape, drift] = await Promise.all([
            metrics.scrape(metricsUrl, deadline, attempt.signal),
            request.hold ? findDrift(ports, request.hold, request.adopted ?? []) : null,
          ]);
          state = absorb(state, request, scrape, clock.now());
          attempt.heartbeat(saved(state, signals));
          const failure = firstFailure(signals, state.tally);
          if (failure !== null) return { ...state.tally, failure };
          if (drift !== null) return { ...closed(state, request, clock.now()), drift };
          if (clock.now() >= end) return closed(state, request, end);
          await clock.sleep(Math.min(untilNext(state, every, clock.now()), end - clock.now()), attempt.signal);
        }
      } catch (error) {
        if (!attempt.signal.aborted || !attempt.isStopRequested()) throw error;
        return closed(state, request, Math.min(clock.now(), end));
      }
    },
  };
}

/** Samples stand on a fixed grid: a slow scrape does not push the next ones back. */
function untilNext({ startedAt }: SamplerState, every: number, now: number): number {
  return every - ((now - startedAt) % every);
}

/** The state as heartbeat details: all of it, else without the baselines of histograms, else of all values the suspects alone, else no baseline. */
function saved(state: SamplerState, signals: SampleRequest['signals']): SamplerState {
  const counters = Object.entries(state.baselines).filter(([slot]) => !slot.endsWith(quantileSlot));
  const fewer = { ...state, baselines: Object.fromEntries(counters) };
  const few = { ...fewer, apart: {}, tally: carrying(state, signals) };
  const least = { ...few, baselines: {}, buckets: {} };
  return [state, fewer, few].find((details) => JSON.stringify(details).length <= largestDetails) ?? least;
}

/** The state of the attempt before, where its details are those of this request. */
function resumedState(details: unknown, { signals }: SampleRequest): SamplerState | null {
  const state = details as Partial<SamplerState> | null | undefined;
  if (typeof state?.startedAt !== 'number' || !state.tally || !state.baselines || !state.buckets) return null;
  const known = state.tally.signals.map(({ signal }) => signal).join(' ') === signals.map(({ id }) => id).join(' ');
  return known ? { apart: {}, ...(state as Omit<SamplerState, 'apart'>) } : null;
}
