import type { NotifyRequest } from '../workflows/runbook/contract';
import type { DigestRequest, FollowUpCheck, FollowUpReceipt, Serving } from '../workflows/runbook/post-deployment/follow-up';
import { digestText } from '../workflows/runbook/post-deployment/digest';
import type { SampleTally } from '../workflows/runbook/judge/evidence';
import { judgeGauge } from '../workflows/runbook/judge/gauges';
import { withReasons } from '../workflows/runbook/post-deployment/stretch';
import { describeTally, judgeSignals } from '../workflows/runbook/judge/judge';
import type { SecretReference } from '../workflows/runbook/spec';
import type { Attempt } from './activity';
import { failureTypeOf } from './failures';
import { readGauges } from './gauges';
import { noticeActivities } from './notices';
import type { Ports } from './ports';
import { probeActivities } from './probes';
import { samplingActivities } from './sampling';
import { readStructure, structuralProblems } from './structure';

type Spec = FollowUpCheck['spec'];
type Structures = FollowUpCheck['structure'];
/** What was found wrong, and what could not be found out. */
interface Findings {
  readonly failed: readonly string[];
  readonly unknown: readonly string[];
}

/** Most sentences of one look, and how long each may be. */
const most = { reasons: 5, letters: 200 } as const;
/** Most fields of an answer whose types are remembered. */
const mostFields = 200;

/** One look at a release that is live (runbook, "post-deployment activities"): signals, data, and whether it is still what serves. */
export function followUpActivities(ports: Ports) {
  const { sampleSignals } = samplingActivities(ports);
  const { notify } = noticeActivities(ports);
  const { probe } = probeActivities(ports);

  async function sample(
    { signals, watching, production }: Spec,
    { colour, other }: Serving,
    window: number,
    attempt: Attempt,
  ): Promise<SampleTally> {
    const { every, requests } = watching;
    const { metricsUrl } = production;
    return sampleSignals(
      { metricsUrl, signals, requests, candidate: colour, live: other, share: 100, every: Math.min(every, window / 2), window },
      attempt,
    );
  }

  /** The gauges of the monitoring. */
  async function measure({ gauges, production, watching }: Spec, { colour }: Serving, attempt: Attempt): Promise<Findings> {
    if (gauges.length === 0) return nothing;
    const { metricsUrl } = production;
    const readings = await readGauges(ports, { metricsUrl, colour, every: watching.every, gauges }, attempt.signal, () => undefined);
    const verdicts = gauges.map((gauge) => judgeGauge(gauge, readings[gauge.id] ?? { kind: 'unknown', reason: 'never read' }));
    return {
      failed: verdicts.flatMap((verdict) => (verdict.kind === 'fail' ? [verdict.reason] : [])),
      unknown: verdicts.flatMap((verdict) => (verdict.kind === 'inconclusive' ? [verdict.reason] : [])),
    };
  }

  /** The requests of the verification: data that has another shape, or is not there, is not consistent. */
  async function ask({ verification, production, tokens }: Spec, attempt: Attempt): Promise<Findings> {
    const asked = await Promise.all(
      verification.requests.map(async (request) => {
        const token = request.token === undefined ? undefined : tokens[request.token];
        try {
          await probe({ url: production.url, request, ...(token ? { token } : {}) }, attempt);
          return nothing;
        } catch (error) {
          return found(request.name, error);
        }
      }),
    );
    return join(asked);
  }

  /** Answers keep the structure that they had when they could first be read: new fields are no problem, lost ones are. */
  async function compare(
    { consistency, production, tokens }: Spec,
    before: Structures,
    attempt: Attempt,
  ): Promise<Findings & { readonly structure: Structures }> {
    const answers = await Promise.all(
      (consistency?.requests ?? []).map(async (request) => {
        const name = consistency?.productionToken ?? request.token;
        const reference: SecretReference | undefined = name === undefined ? undefined : tokens[name];
        try {
          const fields = await readStructure(ports, production.url, request, reference, attempt.signal);
          if (typeof fields === 'string')
            return { name: request.name, fields: null, findings: { failed: [`${request.name} ${fields}`], unknown: [] } };
          const known = before[request.name];
          const problems = known ? structuralProblems(request.name, fields, known) : [];
          return { name: request.name, fields, findings: { failed: problems, unknown: [] } };
        } catch (error) {
          return { name: request.name, fields: null, findings: found(request.name, error) };
        }
      }),
    );
    const structure = answers.flatMap(({ name, fields }) =>
      fields && !before[name] ? [[name, Object.fromEntries(Object.entries(fields).slice(0, mostFields))] as const] : [],
    );
    return { ...join(answers.map(({ findings }) => findings)), structure: Object.fromEntries(structure) };
  }

  /** Whether the Service and the Deployment are as the deployment left them; another release ends the follow-ups. */
  async function served({ production }: Spec, serving: Serving): Promise<{ readonly superseded: string | null } & Findings> {
    const { cluster, namespace, service: name, selectorKey } = production;
    try {
      const [service, deployment] = await Promise.all([
        ports.kubernetes.read({ kind: 'Service', cluster, namespace, name }),
        ports.kubernetes.read({ kind: 'Deployment', cluster, namespace, name: serving.deployment }),
      ]);
      const colour = service?.selector[selectorKey];
      const image = deployment?.containers.find((container) => container.name === serving.container)?.image;
      if (colour !== undefined && colour !== serving.colour) return { superseded: `Service ${name} is ${colour}'s now.`, ...nothing };
      if (image !== undefined && image !== serving.image) return { superseded: `${serving.deployment} has another image now.`, ...nothing };
      const gone = [
        ...(service ? [] : [`Service ${name} does not exist`]),
        ...(deployment ? [] : [`Deployment ${serving.deployment} does not exist`]),
      ];
      return { superseded: null, failed: gone, unknown: [] };
    } catch (error) {
      return { superseded: null, ...found('cluster', error) };
    }
  }

  /** Signals, gauges and data, once. */
  async function lookOnce({ spec, serving, window, structure }: FollowUpCheck, service: Findings, attempt: Attempt) {
    const [tally, measured, data, compared] = await Promise.all([
      sample(spec, serving, window, attempt),
      measure(spec, serving, attempt),
      ask(spec, attempt),
      compare(spec, structure, attempt),
    ]);
    const { failed, unknown } = join([service, judged(spec, tally), measured, data, compared]);
    return {
      verdict: failed.length > 0 ? 'fail' : unknown.length > 0 ? 'inconclusive' : 'pass',
      reasons: [...failed, ...unknown].slice(0, most.reasons).map((reason) => reason.slice(0, most.letters)),
      note: describeTally(spec.signals, { ...tally, split: { part: 0, among: 0 } }),
      shares: sharesOf(tally),
      structure: compared.structure,
    } as const;
  }

  /** A look that fails is made again where something hangs on it: it fails twice, or says what the second one has found. */
  async function lookTwice(check: FollowUpCheck, service: Findings, attempt: Attempt): Promise<FollowUpReceipt> {
    const first = await lookOnce(check, service, attempt);
    if (first.verdict !== 'fail' || !check.again) return first;
    const second = await lookOnce(check, service, afresh(attempt));
    if (second.verdict === 'fail') return { ...first, isSeenTwice: true };
    const found = second.verdict === 'pass' ? 'within its limits' : `not known (${second.reasons.join('; ')})`;
    return { ...first, reasons: [...first.reasons, `a second look at once: ${found}`] };
  }

  return {
    /** Never fails because something is wrong with the release: that is its answer. */
    async lookAfter(check: FollowUpCheck, attempt: Attempt): Promise<FollowUpReceipt> {
      const { spec, serving, first, tells, digest } = check;
      const tell = (notice: NotifyRequest) => notify(notice, afresh(attempt));
      const told = first ? [await tell(first)] : [];
      const { superseded, ...service } = await served(spec, serving);
      if (superseded !== null) return { verdict: 'superseded', reasons: [superseded], note: '', shares: {}, told };
      const looked = await lookTwice(check, service, attempt);
      const telling = looked.verdict === 'superseded' || looked.isSeenTwice ? undefined : tells[looked.verdict];
      if (telling) told.push(await tell(withReasons(telling, looked.reasons)));
      const digested = digest && (await tell(digestNotice(digest, looked, spec.signals)));
      return { ...looked, told, ...(digested ? { digest: digested } : {}) };
    },
  };
}

/** As a first attempt: details of another part of the look are not this one's. */
function afresh(attempt: Attempt): Attempt {
  return { ...attempt, resumed: undefined };
}

const nothing: Findings = { failed: [], unknown: [] };

function join(all: readonly Findings[]): Findings {
  return { failed: all.flatMap(({ failed }) => failed), unknown: all.flatMap(({ unknown }) => unknown) };
}

/** A judged answer is a finding; an answer that did not come, or a request of ours that cannot be made, says nothing of the release. */
function found(what: string, error: unknown): Findings {
  const type = failureTypeOf(error);
  if (type === null) throw error;
  const { message } = error as Error;
  return type === 'CheckFailed' ? { failed: [message], unknown: [] } : { failed: [], unknown: [`${what}: ${message}`] };
}

/** The digest as a notice, with what the look that it goes out with has found. */
function digestNotice(digest: DigestRequest, looked: Parameters<typeof digestText>[1], signals: Spec['signals']): NotifyRequest {
  const { sinks, tokens, key, subject, threads } = digest;
  return { sinks, tokens, key, kind: 'digest', subject, threads, text: digestText(digest, looked, signals) };
}

function judged({ signals, watching }: Spec, tally: SampleTally): Findings {
  const verdicts = judgeSignals(signals, tally, watching.every);
  const failed = verdicts.flatMap((verdict) => (verdict.kind === 'fail' ? [verdict.reason] : []));
  return {
    // A proof in the middle may be over at the end: it counts all the same.
    failed: failed.length === 0 && tally.failure !== null ? [tally.failure] : failed,
    unknown: verdicts.flatMap((verdict) => (verdict.kind === 'inconclusive' ? [verdict.reason] : [])),
  };
}

function sharesOf(tally: SampleTally): FollowUpReceipt['shares'] {
  return Object.fromEntries(
    tally.signals.map(({ signal, candidate: { part, among } }) => [
      signal,
      among > 0 ? Math.round((part / among) * 10_000) / 10_000 : null,
    ]),
  );
}
