import { jsonSchema } from '../../spec/json-schema';
import { askedOf, attestationIds, attestations, type AttestationId } from '../../workflows/runbook/attestations';
import { sourceOf } from '../../workflows/runbook/monitoring';
import type { PlanLine } from '../../workflows/runbook/plan';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import { impactAfterwards } from '../../workflows/runbook/rollback/impact';
import { levelTitles, rollbackLevels } from '../../workflows/runbook/rollback/level';
import {
  contactLevels,
  noticeKinds,
  type ContactLevel,
  type MonitoringSignalSpec,
  type NoticeKind,
  type Spec,
} from '../../workflows/runbook/spec';
import { commands } from '../commands';
import { span } from '../screens/words';
import { risks } from './risks';
import { rulesOf } from './rules';
import type { Named, Registry } from './stands';

/** Everything that can stand for a line of the source, as a deployment by this spec and with this plan has it. */
export function registryOf(request: DeploymentRequest, plan: readonly PlanLine[]): Registry {
  const { spec } = request;
  return {
    step: stepsOf(plan),
    attestation: new Map(attestationIds.map((id) => [id, attestationWords(id, spec)])),
    announcement: new Map(noticeKinds.map((kind) => [kind, `to ${sinksOf(kind, spec).join(', ') || 'nobody'}`])),
    rule: rulesOf(spec, jsonSchema()),
    command: new Map(commands.map(({ name, summary }) => [name, summary])),
    level: new Map(rollbackLevels.map((level) => [level, `${levelTitles[level]}. ${impactAfterwards(level, request).join(' ')}`])),
    signal: new Map((spec.monitoring?.signals ?? []).map((signal) => [signal.id, signalWords(signal)])),
    followup: new Map(followUpsOf(spec)),
    contact: new Map(contactLevels.flatMap((level) => contactOf(level, spec))),
    risk: new Map(risks.map(({ id, title }) => [id, title])),
  };
}

function attestationWords(id: AttestationId, spec: Spec): string {
  const { title, when, why } = attestations[id];
  const asked = askedOf(id, spec);
  const who = asked ? `by ${asked.owner} within ${span(asked.within)}, then ${asked.onExpiry}` : 'not asked for by this spec';
  return `${title} (${when}, ${who}); a person, because ${why}`;
}

function sinksOf(kind: NoticeKind, { sinks, announcements }: Spec): readonly string[] {
  return announcements?.sinks[kind] ?? sinks.map(({ name }) => name);
}

function contactOf(level: ContactLevel, { contacts }: Spec): readonly (readonly [string, string])[] {
  const contact = contacts?.[level];
  return contact
    ? [[level, `${contact.name} (${contact.handle}), ${contact.after === 0 ? 'at once' : `after ${span(contact.after)}`}`]]
    : [];
}

function signalWords(signal: MonitoringSignalSpec): string {
  const source = sourceOf(signal);
  switch (source.kind) {
    case 'watch':
      return `${signal.title}: judged by every watch as ${source.signal}`;
    case 'step':
      return `${signal.title}: by step ${source.step}`;
    case 'attestation':
      return `${signal.title}: attested as ${source.attestation}`;
    case 'gauge':
      return `${signal.title}: ${source.gauge.direction} ${source.gauge.limit} on /metrics`;
  }
}

function followUpsOf({ followUps }: Spec): readonly (readonly [string, string])[] {
  if (!followUps) return [];
  const phases = followUps.phases.map(
    ({ id, title, every, until }) => [id, `${title}: a look every ${span(every)} until ${span(until)} after the end`] as const,
  );
  const digests = followUps.phases.map(({ title, digest }) => `${title} every ${span(digest)}`);
  return [...phases, ['digest', `what was measured, summed up: ${digests.join(', ')}`]];
}

/** The lines of a plan. A step whose section the spec leaves out is known with the reason. */
function stepsOf(plan: readonly PlanLine[]): Named {
  const steps = new Map(plan.map(({ id, title, what }) => [id, `${title}: ${what}`]));
  const off = plan.filter(({ kind }) => kind === 'off');
  return {
    get(id) {
      const reason = off.find(({ section }) => id === section || id.startsWith(`${section}.`))?.what;
      return steps.get(id) ?? (reason === undefined ? undefined : `left out: ${reason}`);
    },
  };
}
