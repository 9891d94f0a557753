/** Runbook, phase 2, step 2.1: the flags and the rollout percentage, as a ConfigMap of the candidate's own. Touches no pod. */
import type { FlagsChange, FlagsState } from '../contract';
import type { Change, Section } from '../step';

export const createFlags: Change<FlagsChange, FlagsState> = {
  kind: 'change',
  id: '2.1.flags',
  title: "create the flags' ConfigMap",
  capture: 'readFlags',
  apply: 'createFlags',
  undo: 'removeFlags',
  policy: 'write',
  subject: ({ namespace, name }) => `${namespace}/configmap/${name}`,
  rank: 'flags',
  production: true,
  creates: true,
  summary: ({ name, data }) => `${name}: ${Object.keys(data).length} values`,
  undoes: ({ name }) => `${name} deleted if this deployment made it`,
  byHand: (to, { namespace, name }) => (to.existed ? 'nothing: it was there before' : `kubectl -n ${namespace} delete configmap ${name}`),
  takes: () => 1_000,
  ifItFails: 'ask',
  notes: ["the rollout percentage is the spec's and is not raised by the ramp"],
};

export const featureFlags: Section = {
  id: '2.1',
  title: 'feature flags',
  phase: 'phase 2: production',
  inWindow: true,
  async run(runbook, { request, release }) {
    if (!release.flags) return;
    const { cluster, namespace } = request.spec.production;
    await runbook.change(createFlags, { cluster, namespace, name: release.flags.configMap, data: release.flags.data });
  },
};
