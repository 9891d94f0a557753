import * as grammar from '../grammar';
import { choice, duration, flag, map, section, text } from '../scalars';
import { rollout } from './rollout';

export const production = section({
  cluster: text(grammar.clusterName).prefault('current').describe('Kubeconfig context, "current" or "in-cluster".'),
  namespace: text(grammar.dnsLabel).describe('Namespace of all production objects.'),
  service: text(grammar.dnsLabel).describe('Service that callers inside the cluster use; its selector names the live colour.'),
  selectorKey: text(grammar.labelKey).prefault('color').describe("Key of the Service's selector that holds the colour."),
  colours: map(
    grammar.dnsLabel,
    section({
      deployment: text(grammar.dnsSubdomain).describe('Deployment of this colour.'),
      service: text(grammar.dnsLabel).describe('Service of this colour alone: a backend of the route.'),
    }),
    'colours to their Deployment and Service',
  ).describe('The two colours; which one is live is found out, never written here.'),
  traffic: section({
    mechanism: choice(['httproute', 'istio', 'nginx', 'selector', 'replicas'])
      .prefault('httproute')
      .describe(
        'How shares of traffic are set: weights of a Gateway API HTTPRoute or an Istio VirtualService, canary annotations of ingress-nginx, the Service selector (all or nothing), or the number of pods.',
      ),
    route: text(grammar.dnsSubdomain)
      .exactOptional()
      .describe('Name of the HTTPRoute, the VirtualService, or the main Ingress; not with selector and replicas.'),
    canary: text(grammar.dnsSubdomain).exactOptional().describe('Name of the canary Ingress, with nginx alone.'),
    propagation: duration()
      .prefault('30s')
      .describe(
        'How long the gateway may take until it serves the weights that were written; a duration. Not measured before, not scaled down before.',
      ),
  }).describe('How traffic is shared between the colours.'),
  gitops: section({
    ignored: flag()
      .prefault(false)
      .describe(
        'True where the ignore rules of Argo CD or Flux leave alone what a deployment writes; without it a deployment does not begin.',
      ),
    source: section({
      remote: text(grammar.gitRemote).describe('Repository that the cluster is applied from.'),
      ref: text(grammar.gitRef).prefault('main').describe('Branch that is applied.'),
      path: text(grammar.relativeDirectory).describe('File that names the version.'),
    })
      .exactOptional()
      .describe('Where the released version is written down; the end report says when it still names the old one.'),
  })
    .exactOptional()
    .describe('For a cluster that Argo CD or Flux applies from a repository.'),
  url: text(grammar.baseUrl).describe("Base URL of production's API, for the verification."),
  metricsUrl: text(grammar.httpUrl).describe("Production's metrics in the Prometheus text format, with requests by colour."),
  rollout,
  settle: duration()
    .prefault('30s')
    .describe("How long the candidate's pods must have been ready before traffic moves to them; a duration."),
});
