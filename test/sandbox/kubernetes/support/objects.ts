export const colours = (colour: string) => ({ app: 'analytics', colour });

export function service(name: string, selector: Readonly<Record<string, string>> = colours('green')) {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector, ports: [{ port: 80, targetPort: 8080 }] } };
}

export function deployment(name: string, more: Readonly<Record<string, unknown>> = {}, image = 'registry/analytics:1') {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } },
      ...more,
    },
  };
}

export function configMap(name: string, data: Readonly<Record<string, string>> = { a: '1' }) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

export function route(name: string) {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name },
    spec: {
      parentRefs: [{ name: 'edge' }],
      rules: [
        {
          backendRefs: [
            { name: 'green', port: 80, weight: 100 },
            { name: 'blue', port: 80, weight: 0 },
          ],
        },
      ],
    },
  };
}

export function pod(name: string, labels: Readonly<Record<string, string>> = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: { containers: [{ name: 'app', image: 'registry/analytics:1' }] },
  };
}
