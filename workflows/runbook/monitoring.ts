/** What is monitored (runbook, "monitoring checklist"): each signal with what it is known by. */
import type { GaugeSpec, MonitoringSignalSpec, Spec } from './spec';

/** The four groups of the runbook; a signal's id begins with its group. */
export const monitoringGroups = ['deployment', 'application', 'business', 'infrastructure'] as const;
export type MonitoringGroup = (typeof monitoringGroups)[number];

/** What a signal, or a criterion of success, is known by. */
export type Source =
  | { readonly kind: 'watch'; /** A signal of the watches. */ readonly signal: string }
  | { readonly kind: 'step'; readonly step: string }
  | { readonly kind: 'gauge'; readonly gauge: GaugeSpec }
  | { readonly kind: 'attestation'; readonly attestation: string };

/** A gauge with the signal that it is. */
export type NamedGauge = GaugeSpec & Pick<MonitoringSignalSpec, 'id' | 'title'>;

export function sourceOf({ watch, step, gauge, attestation }: MonitoringSignalSpec): Source {
  if (watch !== undefined) return { kind: 'watch', signal: watch };
  if (step !== undefined) return { kind: 'step', step };
  if (gauge !== undefined) return { kind: 'gauge', gauge };
  return { kind: 'attestation', attestation: attestation ?? '' };
}

/** The gauges that one look at /metrics answers. */
export function gaugesOf({ monitoring }: Pick<Spec, 'monitoring'>): readonly NamedGauge[] {
  return (monitoring?.signals ?? []).flatMap(({ id, title, gauge }) => (gauge ? [{ id, title, ...gauge }] : []));
}

/** What is known by something else than a gauge, in words for the plan. */
export function otherwiseKnown({ monitoring }: Pick<Spec, 'monitoring'>): readonly string[] {
  return (monitoring?.signals ?? []).flatMap((signal) => {
    const source = sourceOf(signal);
    switch (source.kind) {
      case 'watch':
        return [`${signal.title}: judged by every watch`];
      case 'step':
        return [`${signal.title}: step ${source.step}`];
      case 'attestation':
        return [`${signal.title}: attested as ${source.attestation}`];
      case 'gauge':
        return [];
    }
  });
}
