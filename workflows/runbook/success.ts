/** Runbook, success criteria: what is proved by the deployment's own evidence. What cannot be proved is never a pass. */
import type { RunFacts } from './announcing';
import { verdictAtEnd, type Verdict } from './judge/judge';
import type { CriterionSpec, Milliseconds } from './spec';
import type { Row, RowState } from './view';
import { span } from './words';

type Evidence = Pick<CriterionSpec, 'steps' | 'watches' | 'duration'>;

/** What a criterion is proved by, in words. */
export function proofWords({ steps = [], watches = [], duration, alerts }: Omit<CriterionSpec, 'id' | 'title'>): string {
  return [
    ...steps.map((step) => `${step} done, nothing skipped`),
    ...watches.map((signal) => `${signal} within its limit in every watch`),
    ...(duration ? [`work and watches took at most ${duration.times} times their plan`] : []),
    ...(alerts ? [`no active alert ${alerts.join(', ')}`] : []),
  ].join('; ');
}

/** Judges a criterion on what the deployment has done and measured: the first thing that is missing says why it is not met. */
export function judgeCriterion({ steps = [], watches = [], duration }: Evidence, facts: RunFacts): Verdict {
  const verdicts = [
    ...steps.map((id) => judgeStep(id, facts.rows)),
    ...watches.map((id) => judgeWatches(id, facts)),
    ...(duration ? [judgeDuration(duration, facts)] : []),
  ];
  const [first] = verdicts;
  if (first === undefined) return { kind: 'inconclusive', reason: 'nothing is named that would prove it' };
  const open = verdicts.filter((verdict) => verdict.kind !== 'pass');
  const worst = open.find(({ kind }) => kind === 'fail') ?? open[0];
  if (worst) return { kind: worst.kind, reason: open.map(({ reason }) => reason).join('; ') };
  return { kind: 'pass', note: verdicts.flatMap((verdict) => (verdict.kind === 'pass' && verdict.note ? [verdict.note] : [])).join(' · ') };
}

const notDone: Readonly<Record<Exclude<RowState, 'done'>, string>> = {
  pending: 'was not done',
  running: 'is not over',
  failed: 'has failed',
  skipped: 'was skipped',
  off: 'was left out',
};

/** A step, a section, or what people attested: done, and nothing in it skipped. */
function judgeStep(id: string, rows: readonly Row[]): Verdict {
  const row = rows.flatMap((section) => [section, ...section.children]).find((line) => line.id === id);
  if (!row) return { kind: 'inconclusive', reason: `${id} was not done` };
  const lines = [row, ...row.children];
  const open = lines.find(({ state }) => state !== 'done');
  if (open && open.state !== 'done') {
    const why = open.note === '' ? '' : `: ${open.note}`;
    return { kind: open.state === 'failed' ? 'fail' : 'inconclusive', reason: `${open.id} ${notDone[open.state]}${why}` };
  }
  return { kind: 'pass', note: row.note === '' ? `${id} is done` : `${id}: ${row.note}` };
}

/** A signal in every watch of the deployment: the worst of them counts, and one that was skipped says nothing. */
function judgeWatches(id: string, { request, watches, rows }: RunFacts): Verdict {
  const signal = request.spec.signals.find((candidate) => candidate.id === id);
  if (!signal || watches.length === 0) return { kind: 'inconclusive', reason: `${signal?.title ?? id}: no watch has measured it` };
  const verdicts = watches.map(({ title, tally }): Verdict => {
    const counts = tally.signals.find((candidate) => candidate.signal === id);
    const verdict: Verdict = counts ? verdictAtEnd(signal, counts) : { kind: 'inconclusive', reason: `${signal.title}: never sampled` };
    return verdict.kind === 'pass' ? verdict : { kind: verdict.kind, reason: `${title}: ${verdict.reason}` };
  });
  const skipped = rows
    .flatMap(({ children }) => children)
    .filter(({ window, state }) => window !== null && state === 'skipped')
    .map(({ title, note }): Verdict => ({ kind: 'inconclusive', reason: `${title}: ${note}` }));
  const all = [...verdicts, ...skipped];
  const open = all.find(({ kind }) => kind === 'fail') ?? all.find(({ kind }) => kind === 'inconclusive');
  if (open) return open;
  const last = verdicts.at(-1);
  return { kind: 'pass', note: `${last?.kind === 'pass' ? last.note : signal.title}, within its limit in ${watches.length} watches` };
}

/** What was planned to take time, against the time that it took. Waits for people and for a window are not in it, nor pauses and questions. */
function judgeDuration({ times, grace }: NonNullable<Evidence['duration']>, { rows, planned, stood, now }: RunFacts): Verdict {
  const begun = rows.flatMap(({ id, startedAt, endedAt }) => {
    const plan = planned[id] ?? 0;
    if (plan === 0 || startedAt === null) return [];
    const until = endedAt ?? now;
    return [{ plan, took: until - startedAt - standing(startedAt, until, stood) }];
  });
  const plan = begun.reduce((sum, line) => sum + line.plan, 0);
  const took = begun.reduce((sum, line) => sum + line.took, 0);
  if (plan === 0) return { kind: 'inconclusive', reason: 'nothing that was planned has been done' };
  const most = times * plan + grace;
  const words = `${span(took)} of work and watches, planned ${span(plan)}`;
  return took <= most ? { kind: 'pass', note: words } : { kind: 'fail', reason: `${words}, at most ${span(most)}` };
}

/** How long of a time people were waited for, however many of them at once. */
function standing(from: number, until: number, stood: RunFacts['stood']): Milliseconds {
  let [total, reached] = [0, from];
  for (const wait of stood.toSorted((a, b) => a.from - b.from)) {
    const [begin, end] = [Math.max(wait.from, reached), Math.min(wait.until, until)];
    if (end <= begin) continue;
    total += end - begin;
    reached = end;
  }
  return total;
}
