import { CancellationScope, condition, TemporalFailure } from '@temporalio/workflow';
import { readFailure, type Call, type CallOptions } from './calls';
import type { Desk } from './desk';
import type { SampleRequest } from './runbook/contract';
import type { Drift, SampleTally } from './runbook/judge/evidence';
import { describeTally, judgeWatch, type Verdict } from './runbook/judge/judge';
import { numbered, type Context, type Watch } from './runbook/step';
import type { Milliseconds } from './runbook/spec';
import type { Saga } from './saga';

/** How a watch ended, or why it needs a person. */
export type Watched = (
  | { readonly kind: 'pass'; readonly note: string }
  | { readonly kind: 'fail'; readonly reason: string; /** What was measured until then. */ readonly note: string }
  /** Somebody wants a step back: what is left of the window. */
  | { readonly kind: 'interrupted'; readonly left: Milliseconds }
  | { readonly kind: 'inconclusive'; readonly reason: string; /** Somebody else has changed what we wrote. */ readonly drift?: Drift }
) & {
  /** What was counted; absent where nothing was. */
  readonly tally?: SampleTally;
};

/**
 * A durable timer and a sampler side by side. The timer owns the wait; a pause keeps its rest and leaves a guard that can only fail;
 * missing evidence extends the watch up to the spec's cap. The number of events does not depend on the length.
 */
export async function keepWatch(
  desk: Desk,
  call: Call,
  watch: Watch,
  context: Context,
  { hold, adopted }: Pick<Saga, 'hold' | 'adopted'>,
  lengthen: (by: Milliseconds) => void,
): Promise<Watched> {
  const { state } = desk;
  const { watching, signals } = context.request.spec;
  let left = watch.window;
  let extended = 0;
  let tally: SampleTally | undefined;
  const counted = () => (tally ? { tally } : {});
  const failed = (reason: string): Watched => ({ kind: 'fail', reason, note: tally ? describeTally(signals, tally) : '', ...counted() });
  const servedAt = Date.now() + context.request.spec.production.traffic.propagation;
  state.watching = watch.id;
  // What was asked for an earlier watch is not given to this one.
  state.extension = 0;
  try {
    for (;;) {
      if (isRetreating(state)) return { kind: 'interrupted', left };
      const request = {
        ...sampleRequest(watch, context, tally),
        propagation: Math.max(0, servedAt - Date.now()),
        ...(hold ? { hold } : {}),
        ...(adopted.length > 0 ? { adopted } : {}),
      };
      const part = await sample(desk, call, request, watch, state.paused ? undefined : left);
      tally = part.tally ?? tally;
      if (part.guard) lengthen(part.elapsed);
      else if (part.tally) left = Math.max(0, left - part.elapsed);
      if (tally && tally.failure !== null) return failed(tally.failure);
      if (tally?.drift) return { kind: 'inconclusive', reason: tally.drift.words, drift: tally.drift };
      if (part.problem !== null) return { kind: 'inconclusive', reason: part.problem };
      if (isRetreating(state)) continue;
      if (state.extension > 0) {
        left += state.extension;
        lengthen(state.extension);
        state.extension = 0;
      }
      if (state.paused || left > 0) continue;
      const verdict: Verdict = tally
        ? judgeWatch(signals, tally, watch.share, watching.every)
        : { kind: 'inconclusive', reason: 'no sample was taken' };
      if (verdict.kind === 'fail') return failed(verdict.reason);
      if (verdict.kind === 'pass') return { ...verdict, ...counted() };
      const more = Math.min(watching.extendAtMost - extended, neededMore(watch, watching.every, tally));
      if (more <= 0) return { ...verdict, ...counted() };
      extended += more;
      left = more;
      lengthen(more);
      if (tally) tally = { ...tally, missing: Math.max(0, tally.missing - more) };
    }
  } finally {
    state.watching = null;
  }
}

/** Asked anew each time: it changes while we wait. */
function isRetreating({ retreat }: Desk['state']): boolean {
  return retreat !== null;
}

interface Part {
  readonly tally: SampleTally | undefined;
  readonly elapsed: Milliseconds;
  /** It only guarded a pause. */
  readonly guard: boolean;
  /** Why sampling itself cannot go on. */
  readonly problem: string | null;
}

/** A sampler answers at its window's end. One that has not by then, and this much later, is begun again with its counts. */
const grace = 60_000;

/**
 * While a deployment stands still with traffic on the candidate, somebody has to look. Gives the reason at the first proof of failure, null where
 * nobody can look; otherwise it goes on until its scope is cancelled.
 */
export async function guardStill(call: Call, watch: Watch, context: Context): Promise<string | null> {
  try {
    const tally = await call<SampleRequest, SampleTally>('sampleSignals', sampleRequest(watch, context, undefined), guarding(watch));
    return tally.failure;
  } catch (error) {
    if (readFailure(error) === null) throw error;
    return null;
  }
}

function guarding({ id, title }: Watch): CallOptions {
  return { id: `${id}.guard`, summary: `${numbered(id, title)}: guard while nothing moves`, policy: 'sample' };
}

/** Samples until the time is over, proof of failure comes, or people want something else. Without `left` it guards a pause. */
async function sample(desk: Desk, call: Call, request: SampleRequest, watch: Watch, left: Milliseconds | undefined): Promise<Part> {
  const { state } = desk;
  const guard = left === undefined;
  const began = Date.now();
  const scope = new CancellationScope();
  let answer: { readonly tally: SampleTally | undefined; readonly problem: string | null } | undefined;
  let defect: Error | undefined;
  scope
    .run(() =>
      left === undefined
        ? call<SampleRequest, SampleTally>('sampleSignals', request, { ...guarding(watch), answersWhenStopped: true })
        : call<SampleRequest, SampleTally>(
            'sampleSignals',
            { ...request, window: left },
            {
              id: watch.id,
              summary: `${numbered(watch.id, watch.title)}: sampling`,
              policy: 'sample',
              answersWhenStopped: true,
              within: left + grace,
            },
          ),
    )
    .then(
      (tally) => (answer = { tally, problem: null }),
      (error: unknown) => {
        if (!(error instanceof TemporalFailure)) defect = error as Error;
        const failure = readFailure(error);
        answer = { tally: undefined, problem: scope.consideredCancelled ? null : (failure?.message ?? 'the sampler gave no answer') };
      },
    );

  const interrupted = () => state.retreat !== null || (guard ? state.paused === null : state.paused !== null || state.extension > 0);
  if (left === undefined) await condition(() => answer !== undefined || interrupted());
  else
    await condition(() => answer !== undefined || interrupted(), left, {
      summary: `${numbered(watch.id, watch.title)}: ${Math.round(left / 1000)} s`,
    });
  if (answer === undefined && interrupted()) scope.cancel();
  await condition(() => answer !== undefined);
  if (defect !== undefined) throw defect;
  return { tally: answer?.tally, elapsed: Date.now() - began, guard, problem: answer?.problem ?? null };
}

function sampleRequest({ share }: Watch, { request, release }: Context, prior: SampleTally | undefined): SampleRequest {
  const { production, signals, watching } = request.spec;
  return {
    metricsUrl: production.metricsUrl,
    signals,
    requests: watching.requests,
    candidate: release.candidate.colour,
    live: release.live.colour,
    share,
    every: watching.every,
    ...(prior ? { prior } : {}),
  };
}

/** What is missing: the stretch without samples; where it is events that are missing, half the window again. */
function neededMore({ window }: Watch, every: Milliseconds, tally: SampleTally | undefined): Milliseconds {
  const missing = tally?.missing ?? window;
  return missing > 0 ? Math.ceil(missing / every) * every : Math.max(Math.ceil(window / 2), 2 * every);
}
