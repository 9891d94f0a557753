import { type Metric, status, success } from '../announcements';
import type { Spec } from '../spec';
import { type Section, numbered, offReason } from '../step';
import type { Row } from '../view';
import { span } from '../words';
import type { Announcement, RunFacts } from './facts';
import { metricsOf, servedOf } from './metrics';
import { about } from './readers';

/** A part of the script: people are told when it is over. */
export interface Part {
  readonly title: string;
  readonly sections: readonly Section[];
}

/** Runbook, deployment status update: one of the script's parts is over. */
export function phaseIsDone(part: Part, parts: readonly Part[], next: (spec: Spec) => string): Announcement {
  const { title } = part;
  return {
    kind: 'status',
    key: `status-${parts.indexOf(part) + 1}`,
    title: `status after ${title}`,
    write(facts) {
      const { spec } = facts.request;
      const performed = parts.filter((candidate) => isPerformed(candidate, spec));
      const ids = new Set(part.sections.map(({ id }) => id));
      const metrics = metricsOf(facts);
      return status(about(facts), {
        phase: { number: performed.indexOf(part) + 1, of: performed.length, title },
        accomplished: facts.rows.filter(({ id, state }) => ids.has(id) && state !== 'off' && state !== 'pending').map(rowWords),
        metrics,
        benchmarks: facts.benchmarks,
        next: next(spec),
        standing: standingOf(facts, metrics),
      });
    },
  };
}

/** Whether anything of a part applies to a spec: of a phase that is left out as a whole nobody is told. */
export function isPerformed({ sections }: Part, spec: Spec): boolean {
  return sections.some((section) => offReason(section, spec) === null);
}

/** Runbook, success confirmation: everything is verified, all traffic is on the new version. */
export function isLive(part: readonly Section[]): Announcement {
  return {
    kind: 'success',
    key: 'success',
    title: 'success after the verification',
    write(facts) {
      const done = new Set(part.map(({ id }) => id));
      const { soak } = facts.request.spec.ramp;
      return success(about(facts), {
        at: facts.now,
        took: facts.now - facts.startedAt,
        achieved: facts.rows.filter(({ id, state }) => done.has(id) && state === 'done').map(rowWords),
        served: servedOf(facts),
        metrics: metricsOf(facts),
        benchmarks: facts.benchmarks,
        stays: [
          ...(soak > 0 ? [`The version before stays warm for ${span(soak)}: until then everything can be put back.`] : []),
          ...facts.waivers.map((waiver) => `Left out: ${waiver}`),
        ],
      });
    },
  };
}

function standingOf(
  { waivers, watches, share }: RunFacts,
  metrics: readonly Metric[],
): { colour: 'green' | 'yellow' | 'red'; details: string } {
  const missed = metrics.filter(({ measured }) => measured.kind === 'measured' && !measured.isMet);
  if (missed.length > 0) return { colour: 'red', details: `${missed.map(({ title }) => title).join(', ')} beyond the target` };
  const unknown = metrics.filter(({ measured }) => measured.kind === 'not measured');
  if (watches.length > 0 && unknown.length > 0)
    return { colour: 'yellow', details: `${unknown.map(({ title }) => title).join(', ')} not measured` };
  if (waivers.length > 0)
    return { colour: 'yellow', details: `${waivers.length} ${waivers.length === 1 ? 'step was' : 'steps were'} left out` };
  return {
    colour: 'green',
    details: share > 0 ? `all passed; ${share} % of the traffic is on the new version` : 'all passed; production is untouched',
  };
}

function rowWords({ id, title, note, state }: Row): string {
  return `${numbered(id, title)}${state === 'done' ? '' : ` (${state})`}${note ? `: ${note}` : ''}`;
}
