import type { SandboxOptions } from '../../sandbox/world';

/** The control plane that is built, or the cluster that somebody gives. Never KUBECONFIG, which may name production. */
const given = process.env['ANALYTICS_DEPLOY_TEST_KUBECONFIG'];
export const testCluster: NonNullable<SandboxOptions['cluster']> = given ? { kubeconfig: given } : 'real';

/** How often what must come out the same every time is repeated. */
export const repeats = Number(process.env['ANALYTICS_DEPLOY_REPEAT'] ?? 3);
