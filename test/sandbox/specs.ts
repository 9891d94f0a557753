import { defaultSpecPath, loadSpec } from '../../spec';
import type { Spec } from '../../workflows/runbook/spec';

/** The default analytics spec. */
export function analyticsSpec(): Spec {
  const read = loadSpec(defaultSpecPath);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.spec;
}

/** Another service: other names, other metrics, one namespace for everything, no flags, no load test. */
export function parcelsSpec(): Spec {
  const { flags, load, integration, ...rest } = analyticsSpec();
  const byTrack = { track: '{colour}' };
  return {
    ...rest,
    service: 'parcels',
    image: { repository: 'registry.example.com/shop/parcels', container: 'web' },
    staging: { ...rest.staging, namespace: 'shop', deployment: 'parcels' },
    production: {
      ...rest.production,
      namespace: 'shop',
      service: 'parcels',
      selectorKey: 'track',
      colours: {
        one: { deployment: 'parcels-one', service: 'parcels-one-svc' },
        two: { deployment: 'parcels-two', service: 'parcels-two-svc' },
      },
      traffic: { mechanism: 'httproute', route: 'shop-front', propagation: 0 },
      metricsUrl: 'https://shop.example.com/internal/metrics',
    },
    smoke: [
      {
        name: 'list',
        method: 'GET',
        path: '/parcels',
        expect: { status: 200, json: { 'items.0.id': 'string', total: 'number' }, within: 1000 },
        after: 0,
      },
      {
        name: 'create',
        method: 'POST',
        path: '/parcels',
        token: 'clerk',
        expect: { status: 201, json: { id: 'string' }, within: 1000 },
        after: 1,
      },
      { name: 'refused', method: 'POST', path: '/parcels', expect: { status: 401, within: 1000 }, after: 1 },
    ],
    consistency: { requests: [{ name: 'list', method: 'GET', path: '/parcels' }] },
    watching: { ...rest.watching, requests: { metric: 'parcels_responses_total', labels: byTrack } },
    signals: [
      {
        id: 'errors',
        title: 'errors',
        part: { metric: 'parcels_responses_total', labels: { ...byTrack, outcome: 'error' } },
        among: { metric: 'parcels_responses_total', labels: byTrack },
        direction: 'below',
        limit: 0.05,
        minimum: 10,
        absence: 'zero',
      },
      {
        id: 'cache',
        title: 'cache',
        part: { metric: 'parcels_cache_hits_total', labels: byTrack },
        among: { metric: 'parcels_cache_lookups_total', labels: byTrack },
        direction: 'above',
        limit: 0.7,
        minimum: 10,
        absence: 'inconclusive',
      },
      {
        id: 'latency',
        title: 'latency',
        part: { metric: 'parcels_seconds_bucket', labels: { ...byTrack, le: '0.3' } },
        among: { metric: 'parcels_seconds_count', labels: byTrack },
        direction: 'above',
        limit: 0.95,
        minimum: 10,
        absence: 'inconclusive',
      },
    ],
    verification: { requests: [], families: ['parcels_', 'queue'], dashboard: 'https://watch.example.com/d/parcels' },
    tokens: { clerk: 'env:CLERK' },
    sinks: [{ kind: 'webhook', name: 'chat', url: 'https://chat.example.com/hook' }],
  };
}
