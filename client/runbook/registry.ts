import { jsonSchema } from '../../spec/json-schema';
import { sinksFor } from '../../workflows/runbook/announcing';
import { askedOf, attestationIds, attestations, expiryOf, isAttestation, type AttestationId } from '../../workflows/runbook/attestations';
import { sourceOf } from '../../workflows/runbook/monitoring';
import type { PlanLine } from '../../workflows/runbook/plan';
import { beginFollowUps } from '../../workflows/runbook/post-deployment/begin-follow-ups';
import { tailored } from '../../workflows/runbook/profiles';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import { impactAfterwards } from '../../workflows/runbook/rollback/impact';
import { levelTitles, rollbackLevels, type RollbackLevel } from '../../workflows/runbook/rollback/level';
import { isPartOf } from '../../workflows/runbook/step';
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
import { factsIn } from './facts';
import { coveredRisks } from './risks';
import { rulesOf } from './rules';
import { standingOf, type Registry, type Stand } from './stands';

/** Everything that can stand for a line of the source, as a deployment by this request and with this plan has it: what nothing asks for is not there. */
export function registryOf(asked: DeploymentRequest, plan: readonly PlanLine[]): Registry {
  const request = tailored(asked);
  const { spec } = request;
  const step = new Map(plan.flatMap(({ id, kind, title, what }) => (kind === 'off' ? [] : [[id, `${title}: ${what}`] as const])));
  const attestation = new Map(askedFor(plan, spec).map((id) => [id, attestationWords(id, spec)]));
  const leftOut = reasons(plan, spec);
  const known = {
    step,
    attestation,
    leftOut,
    announcement: new Map(noticeKinds.flatMap((kind) => sentTo(kind, sinksFor(spec, kind)))),
    rule: new Map(rulesOf(spec, jsonSchema()).flatMap(({ path, value, isEmpty }) => (isEmpty ? [] : [[path, value]]))),
    command: new Map(commands.map(({ name, summary }) => [name, summary])),
    level: new Map(levelsOf(spec).map((level) => [level, `${levelTitles[level]}. ${impactAfterwards(level, request).join(' ')}`])),
    signal: new Map<string, string>(),
    followup: new Map(step.has(beginFollowUps.id) ? followUpsOf(spec) : []),
    contact: new Map(contactLevels.flatMap((level) => contactOf(level, spec))),
    risk: new Map<string, string>(),
  };
  const withSignals = { ...known, signal: new Map((spec.monitoring?.signals ?? []).flatMap((signal) => signalOf(signal, known, spec))) };
  const covered = coveredRisks(withSignals).filter(({ by }) => by.every(({ words }) => words !== null));
  return { ...withSignals, risk: new Map(covered.map(({ id, title }) => [id, title])) };
}

/** Those of the plan, and those that the follow-ups ask for. */
function askedFor(plan: readonly PlanLine[], spec: Spec): readonly AttestationId[] {
  const begun = plan.some(({ kind }) => kind === 'follow-ups');
  const later = begun ? (spec.followUps?.phases ?? []).flatMap((phase) => phase.attestations) : [];
  const ids = new Set([...plan.flatMap(({ id, kind }) => (kind === 'attestation' ? [id] : [])), ...later]);
  return attestationIds.filter((id) => ids.has(id) && askedOf(id, spec) !== null);
}

function attestationWords(id: AttestationId, spec: Spec): string {
  const { title, when, why } = attestations[id];
  const asked = askedOf(id, spec);
  const who = asked ? `, by ${asked.owner} within ${span(asked.within)}, then ${expiryOf(id, asked)}` : '';
  return `${title} (${when}${who}); a person, because ${why}`;
}

/** The spec's own reason, for it or for the section that it belongs to; of steps also why the section does not apply. Nobody's word does without a reason. */
function reasons(plan: readonly PlanLine[], { off }: Spec): Registry['leftOut'] {
  const given = Object.entries(off).map(([id, what]) => ({ id, what }));
  const planned = plan.filter(({ kind }) => kind === 'off');
  return (name) => {
    const all = isAttestation(name) ? given : [...given, ...planned.filter(({ id, section }) => id === name || id === section)];
    return all.find(({ id }) => isPartOf(name, id))?.what;
  };
}

/** A message and its facts; none where nobody gets it. */
function sentTo(kind: NoticeKind, sinks: readonly string[]): readonly (readonly [string, string])[] {
  return sinks.length === 0 ? [] : [[kind, `to ${sinks.join(', ')}`], ...factsIn(kind)];
}

/** The rungs that this spec has. */
function levelsOf({ rollback, flags, database }: Spec): readonly RollbackLevel[] {
  const has: Readonly<Record<RollbackLevel, boolean>> = {
    traffic: true,
    partial: rollback.partial !== undefined,
    flags: rollback.flags !== undefined && flags !== undefined,
    database: rollback.database !== undefined && database !== undefined,
    system: true,
  };
  return rollbackLevels.filter((level) => has[level]);
}

function contactOf(level: ContactLevel, spec: Spec): readonly (readonly [string, string])[] {
  const contact = spec.contacts?.[level];
  const sinks = contact?.sinks ?? sinksFor(spec, 'escalation');
  if (!contact || sinks.length === 0) return [];
  return [
    [
      level,
      `${contact.name} (${contact.handle}) by ${sinks.join(', ')}, ${contact.after === 0 ? 'at once' : `after ${span(contact.after)}`}`,
    ],
  ];
}

/** `errors, also by path` */
function judgedAs(id: string, { signals }: Spec): string {
  const by = signals.find((signal) => signal.id === id)?.by;
  return by === undefined ? id : `${id}, also by ${by}`;
}

/** A signal is known where that is there by which it is known. */
function signalOf(signal: MonitoringSignalSpec, registry: Registry, spec: Spec): readonly (readonly [string, string])[] {
  const { id, title } = signal;
  const source = sourceOf(signal);
  const by = (stand: Stand, words: string): readonly (readonly [string, string])[] => {
    const { words: known, isLeftOut } = standingOf(stand, registry);
    return known === null ? [] : [[id, `${title}: ${isLeftOut ? `left out, ${known}` : words}`]];
  };
  switch (source.kind) {
    case 'watch':
      return [[id, `${title}: judged by every watch as ${judgedAs(source.signal, spec)}`]];
    case 'step':
      return by(`step:${source.step}`, `by step ${source.step}`);
    case 'attestation':
      return by(`attestation:${source.attestation}`, `attested as ${source.attestation}`);
    case 'gauge':
      return by('step:monitoring.gauges', `${source.gauge.direction} ${source.gauge.limit} on /metrics`);
  }
}

function followUpsOf({ followUps }: Spec): readonly (readonly [string, string])[] {
  return (followUps?.phases ?? []).map(({ id, title, every, until, digest }) => [
    id,
    `${title}: a look every ${span(every)} until ${span(until)} after the end, summed up every ${span(digest)}`,
  ]);
}
