/** What the report says of the success criteria and of what is monitored: each with its verdict, and what it rests on. */
import { isAttestation } from '../attestations';
import { rounded } from '../judge/gauges';
import { monitoringGroups, sourceOf, type Source } from '../monitoring';
import type { DeploymentRequest } from '../release';
import type { GaugeSpec, MonitoringSignalSpec, SignalSpec, Spec } from '../spec';
import { proofWords } from '../success';
import type { AttestationView, Row, RowState } from '../view';
import { percent } from '../words';
import type { WatchPart } from './model';
import { moment, type Moment } from './moment';

/** What cannot be proved is `not met`; `not judged`: the deployment did not come to it, or it was interrupted. */
export type Judgement = 'met' | 'not met' | 'waived' | 'skipped' | 'left out' | 'open' | 'not judged';

interface JudgedPart {
  readonly id: string;
  readonly title: string;
  readonly verdict: Judgement;
  /** Who attested or waived it, as stated by the client. */
  readonly by: string | null;
  readonly at: Moment | null;
}
export interface CriterionPart extends JudgedPart {
  /** What proves it, or who is asked. */
  readonly judgedBy: string;
  /** The figures, a person's word, or why it is not met. */
  readonly evidence: string;
}
export interface SuccessPart {
  /** Why the spec leaves it out; null where it does not. */
  readonly leftOut: string | null;
  readonly criteria: readonly CriterionPart[];
}

export interface SignalPart extends JudgedPart {
  readonly group: string;
  /** What it is known by. */
  readonly source: string;
  /** Empty where what it is known by has none of its own. */
  readonly limit: string;
  /** What it means that there is no evidence. */
  readonly absence: string;
  /** The value, a person's word, or why there is none. */
  readonly measured: string;
}
export interface MonitoringPart {
  readonly leftOut: string | null;
  readonly signals: readonly SignalPart[];
}

/** What both are told from. */
export interface Told {
  /** As it was performed: what a profile leaves out is off. */
  readonly request: DeploymentRequest;
  readonly rows: readonly Row[];
  readonly attestations: readonly AttestationView[];
  readonly watches: readonly WatchPart[];
}

/** The criteria of success, each with its verdict; null for a rollback, which has none of its own. */
export function successPart(told: Told): SuccessPart | null {
  const { request, rows } = told;
  const { spec, rollback } = request;
  if (rollback) return null;
  const leftOut = offReason('success', rows) ?? (spec.success ? null : 'the spec has no success criteria');
  if (leftOut !== null) return { leftOut, criteria: [] };
  const criteria = (spec.success?.criteria ?? []).map((criterion): CriterionPart => {
    const { id, title, attestation } = criterion;
    const judged = attestation === undefined ? byRow(id, told) : byPerson(attestation, told);
    const { said, ...verdict } = judged;
    const judgedBy = attestation === undefined ? proofWords(criterion) : asked(attestation, spec);
    return { id, title, ...verdict, judgedBy, evidence: said };
  });
  return { leftOut: null, criteria };
}

/** The signals that are monitored; null for a rollback. */
export function monitoringPart(told: Told): MonitoringPart | null {
  const { spec, rollback } = told.request;
  if (rollback) return null;
  const { monitoring } = spec;
  if (!monitoring) return { leftOut: 'the spec names nothing that is monitored beside the watches', signals: [] };
  const byGroup = monitoringGroups.flatMap((group) => monitoring.signals.filter(({ id }) => groupOf(id) === group));
  return { leftOut: null, signals: byGroup.map((signal) => signalPart(signal, told)) };
}

const groupOf = (id: string): string => id.split('.')[0] ?? '';

/** A verdict with the words that it rests on. */
interface Judged extends Pick<JudgedPart, 'verdict' | 'by' | 'at'> {
  readonly said: string;
}
const nobody = { by: null, at: null } as const;

function signalPart(signal: MonitoringSignalSpec, told: Told): SignalPart {
  const { id, title } = signal;
  const source = sourceOf(signal);
  const { said, ...verdict } = judgedBy(source, signal, told);
  return { id, group: groupOf(id), title, ...verdict, measured: said, ...known(source, told.request.spec) };
}

function judgedBy(source: Source, signal: MonitoringSignalSpec, told: Told): Judged {
  switch (source.kind) {
    case 'watch':
      return byWatches(source.signal, told);
    case 'step':
      // Deployments of before had no line for it.
      return byRow(rowOf(signal.id, told.rows) ? signal.id : source.step, told);
    case 'gauge':
      return byGauge(signal, source.gauge, told);
    case 'attestation':
      return byPerson(source.attestation, told);
  }
}

/** Source, limit, and what it means that there is no evidence. */
function known(source: Source, spec: Spec): Pick<SignalPart, 'source' | 'limit' | 'absence'> {
  switch (source.kind) {
    case 'watch': {
      const signal = spec.signals.find(({ id }) => id === source.signal);
      return {
        source: `every watch, as ${source.signal}`,
        limit: signal ? watchLimit(signal) : '',
        absence: signal ? watchAbsence(signal) : '',
      };
    }
    case 'step':
      return { source: `step ${source.step}`, limit: '', absence: 'the step does not pass' };
    case 'gauge':
      return {
        source: `/metrics: ${gaugeWords(source.gauge)}`,
        limit: `${source.gauge.direction} ${rounded(source.gauge.limit)}`,
        absence: source.gauge.absence === 'fail' ? 'fails: rolled back' : 'inconclusive: people are asked',
      };
    case 'attestation':
      return { source: asked(source.attestation, spec), limit: '', absence: expiry(source.attestation, spec) };
  }
}

const watchLimit = ({ direction, limit }: SignalSpec): string => `${direction} ${percent(limit)}`;
const inconclusive = 'inconclusive: the watch is extended, then people are asked';
const watchAbsence = ({ absence, minimum }: SignalSpec): string =>
  absence === 'zero' ? `no series counts as none; fewer than ${minimum} events are ${inconclusive}` : inconclusive;

function gaugeWords({ value, among, as }: GaugeSpec): string {
  return `${value.metric}${among ? ` of ${among.metric}` : ''}${as === 'rate' && !among ? ' per second' : ''}`;
}

function asked(id: string, { attestations }: Spec): string {
  const owner = isAttestation(id) ? attestations?.[id]?.owner : undefined;
  return owner === undefined ? `attestation ${id}` : `attested by ${owner}`;
}
function expiry(id: string, { attestations }: Spec): string {
  const spec = isAttestation(id) ? attestations?.[id] : undefined;
  if (!spec) return 'it is not asked for';
  return spec.onExpiry === 'waive' ? 'nobody says it in time: goes on, on record' : 'nobody says it in time: rolled back';
}

const verdicts: Readonly<Record<RowState, Judgement>> = {
  pending: 'not judged',
  running: 'open',
  done: 'met',
  failed: 'not met',
  skipped: 'skipped',
  off: 'left out',
};

/** By the line of the plan that judges it. */
function byRow(id: string, { rows }: Pick<Told, 'rows'>): Judged {
  const row = rowOf(id, rows);
  if (!row) return { verdict: 'not judged', said: '', ...nobody };
  const { state, note } = row;
  if (state === 'failed' && note === 'interrupted') return { verdict: 'not judged', said: note, ...nobody };
  const isWaived = state === 'skipped' && /^(?:\S+ )?waived by /.test(note);
  return { verdict: isWaived ? 'waived' : verdicts[state], said: note, ...nobody };
}

/** By a person; where it was not asked for yet, or is off, by its line. */
function byPerson(id: string, { rows, attestations }: Told): Judged {
  const said = attestations.find((attestation) => attestation.id === id);
  if (!said) return byRow(id, { rows });
  const { state, by, at, note, until } = said;
  const words = [...(note === '' ? [] : [note]), ...(until === null ? [] : [`until ${moment(until)}`])].join(', ');
  return { verdict: attestationVerdicts[state], said: words, by, at: at === null ? null : moment(at) };
}
const attestationVerdicts: Readonly<Record<AttestationView['state'], Judgement>> = {
  open: 'open',
  attested: 'met',
  waived: 'waived',
  expired: 'not met',
  closed: 'not judged',
};

/** By every watch that has begun: the first that proved a failure, else the newest that measured it. */
function byWatches(id: string, { request: { spec }, watches }: Told): Judged {
  const titles = spec.signals.map(({ title }) => title);
  const title = spec.signals.find((signal) => signal.id === id)?.title ?? id;
  const told = watches.flatMap((watch) => {
    const said = saidOf(title, watch.numbers, titles);
    return said === null ? [] : [{ watch, said }];
  });
  const failed = told.find(({ said }) => isBeyond(said));
  const { watch, said } = failed ?? told.at(-1) ?? {};
  if (!watch || said === undefined) return { verdict: 'not judged', said: 'no watch has measured it', ...nobody };
  const measured = told.filter((one) => !isReason(one.said)).length;
  const verdict = failed ? 'not met' : isReason(said) ? 'not judged' : watch.verdict === 'running' ? 'open' : 'met';
  return {
    verdict,
    said: `${said.replace(/^: /, '')} (${watch.title}${measured > 1 && !failed ? `, the last of ${measured}` : ''})`,
    ...nobody,
  };
}

/** By the one look at /metrics. One that failed names what is beyond its limit or unknown, and nothing else. */
function byGauge({ title }: MonitoringSignalSpec, { absence }: GaugeSpec, { request: { spec }, rows }: Told): Judged {
  const row = rowOf('monitoring.gauges', rows) ?? rowOf('monitoring', rows);
  if (row?.state !== 'done' && row?.state !== 'failed') return byRow(row?.id ?? '', { rows });
  const titles = (spec.monitoring?.signals ?? []).map((signal) => signal.title);
  const results = row.note.split(row.state === 'done' ? ' · ' : '; ');
  const said = saidOf(title, results, titles);
  if (said === null) {
    const isJudged = row.state === 'done' || titles.some((one) => saidOf(one, results, titles) !== null);
    return isJudged ? { verdict: 'met', said: 'within its limit', ...nobody } : byRow(row.id, { rows });
  }
  if (row.state === 'done') return { verdict: 'met', said, ...nobody };
  // The remedy follows the last one.
  const words = said.replace(/^: /, '').replace(/(must stay (?:below|above) \S+)\s.*$/, '$1');
  return { verdict: isBeyond(said) || absence === 'fail' ? 'not met' : 'not judged', said: words, ...nobody };
}

/** What a list of results says of one of them, which each begins with its title; null where it says nothing. */
function saidOf(title: string, results: readonly string[], titles: readonly string[]): string | null {
  const begins = (result: string, name: string) => result.startsWith(`${name} `) || result.startsWith(`${name}: `);
  const result = results
    .map((one) => one.replace(/^inconclusive: /, ''))
    .find((one) => begins(one, title) && !titles.some((other) => other.length > title.length && begins(one, other)));
  return result === undefined ? null : result.slice(title.length).replace(/^ /, '');
}
const isBeyond = (said: string): boolean => said.includes('must stay');
/** Why there is no value. */
const isReason = (said: string): boolean => said.startsWith(': ');

function rowOf(id: string, rows: readonly Row[]): Row | undefined {
  return rows.flatMap((row) => [row, ...row.children]).find((row) => row.id === id);
}
function offReason(id: string, rows: readonly Row[]): string | null {
  const row = rows.find((candidate) => candidate.id === id);
  return row?.state === 'off' ? row.note : null;
}
