import * as grammar from '../grammar';
import { section, text } from '../scalars';
import { rollout } from './rollout';

export const staging = section({
  cluster: text(grammar.clusterName).prefault('current').describe('Kubeconfig context, "current" or "in-cluster".'),
  namespace: text(grammar.dnsLabel).describe('Namespace of the staging Deployment.'),
  deployment: text(grammar.dnsSubdomain).describe('The staging Deployment.'),
  url: text(grammar.baseUrl).describe("Base URL of staging's API, for smoke, load and integration tests."),
  metricsUrl: text(grammar.httpUrl).describe("Staging's metrics in the Prometheus text format."),
  rollout,
});
