import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { commands } from '../../client/commands';
import { starterSpec } from '../../spec';
import { metrics } from '../../worker/metrics';
import { REPORTS } from '../../workflows/runbook/report/place';
import { openTarget } from '../contract/target';
import { collections, manifestsIn, textOf } from './manifests';

interface WrittenBackup {
  readonly database: { readonly backup: { readonly folder: string } };
}

describe('what it takes to run in a cluster', () => {
  test('every manifest is accepted as it is, under strict validation', async () => {
    const target = await openTarget('stand-in');
    try {
      await target.send({
        method: 'POST',
        path: '/api/v1/namespaces',
        body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'analytics' } },
      });
      for (const manifest of [...manifestsIn('worker.yaml'), ...manifestsIn('repair-job.yaml')]) {
        const path = `${(collections[manifest.kind] ?? '').replace('NS', 'analytics')}?fieldValidation=Strict`;
        const { status, text } = await target.send({ method: 'POST', path, body: manifest });
        expect({ kind: manifest.kind, status, why: status === 201 ? '' : text }).toEqual({ kind: manifest.kind, status: 201, why: '' });
      }
    } finally {
      await target.close();
    }
  });

  test('dumps of the database outlive the pod that made them: the default folder is a claim that is applied with the worker', () => {
    const [claim] = manifestsIn('backups.yaml');
    expect(claim?.kind).toBe('PersistentVolumeClaim');
    expect(textOf('kustomization.yaml')).toContain('- backups.yaml');
    expect(textOf('worker.yaml')).toContain(`claimName: ${claim?.metadata.name}`);
    expect(textOf('worker.yaml')).toContain(`mountPath: ${(parse(starterSpec()) as WrittenBackup).database.backup.folder}`);
  });

  test('the worker keeps reports where a volume is, and the claim for one that outlives the pods is shared by all workers', () => {
    const [worker] = manifestsIn('worker.yaml') as unknown as readonly {
      spec: { template: { spec: { volumes: { name: string }[]; containers: { volumeMounts: { name: string; mountPath: string }[] }[] } } };
    }[];
    const settings = manifestsIn('worker.yaml').find(({ kind }) => kind === 'ConfigMap') as unknown as { data: Record<string, string> };
    const pod = worker?.spec.template.spec;
    const mount = pod?.containers[0]?.volumeMounts.find(({ mountPath }) => mountPath === settings.data[REPORTS]);
    expect(pod?.volumes.map(({ name }) => name)).toContain(mount?.name);
    const [claim] = manifestsIn('reports-volume/claim.yaml') as unknown as readonly {
      metadata: { name: string };
      spec: { accessModes: string[] };
    }[];
    expect(claim?.spec.accessModes).toEqual(['ReadWriteMany']);
    expect(textOf('reports-volume/kustomization.yaml')).toContain(`claimName: ${claim?.metadata.name}`);
  });

  test('the Roles reach no further than their namespaces and read no Secret', () => {
    const manifests = manifestsIn('rbac.yaml');
    expect([...new Set(manifests.map(({ kind }) => kind))].sort()).toEqual(['Role', 'RoleBinding', 'ServiceAccount']);
    const rules = manifests.flatMap((manifest) =>
      'rules' in manifest ? (manifest.rules as readonly { resources: string[]; verbs: string[]; resourceNames?: string[] }[]) : [],
    );
    expect(rules.flatMap(({ resources }) => resources)).not.toContain('secrets');
    expect(rules.flatMap(({ resources, verbs }) => [...resources, ...verbs])).not.toContain('*');
    // What can be limited to a name is.
    const unnamed = rules
      .filter(({ resourceNames }) => !resourceNames)
      .flatMap(({ resources, verbs }) => verbs.map((verb) => `${verb} ${resources.join()}`));
    expect(unnamed.filter((right) => /^(?:get|patch|delete)/.test(right)).sort()).toEqual([
      'delete configmaps',
      'get configmaps',
      'get horizontalpodautoscalers',
      'patch configmaps',
      'patch horizontalpodautoscalers',
    ]);
  });

  test('the alerts name only metrics that the worker has, and each ends in something to do', () => {
    const { groups } = parse(textOf('prometheus-rules.yaml')) as {
      readonly groups: readonly {
        readonly rules: readonly {
          readonly alert?: string;
          readonly expr: string;
          readonly annotations?: Readonly<Record<string, string>>;
        }[];
      }[];
    };
    const known = new Set<string>(Object.values(metrics).map(({ name }) => name));
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThanOrEqual(8);
    for (const { alert, expr, annotations } of rules) {
      const named = expr.match(/analytics_deploy_\w+/g) ?? [];
      expect({ alert, unknown: named.filter((name) => !known.has(name)) }).toEqual({ alert, unknown: [] });
      if (alert) expect(annotations?.['runbook']).toMatch(/analytics-deploy |kubectl /);
    }
  });

  test('the README names every metric of the worker', () => {
    const readme = textOf('../README.md');
    expect(Object.values(metrics).filter(({ name }) => !readme.includes(name))).toEqual([]);
  });

  test('the README names every command, and every script but the one that npm runs by itself', () => {
    const readme = textOf('../README.md');
    const { scripts } = JSON.parse(textOf('../package.json')) as { readonly scripts: Readonly<Record<string, string>> };
    const unnamed = Object.keys(scripts).filter((name) => !new RegExp(`(?:npm (?:run )?|\`)${name}(?![\\w:-])`).test(readme));
    expect(commands.filter(({ name }) => !new RegExp(`\`${name}[\` ]`).test(readme)).map(({ name }) => name)).toEqual([]);
    expect(unnamed).toEqual(['prepare']);
  });

  test('the worker runs as nobody, twice, verified before it starts, and is given time to end', () => {
    const [worker] = manifestsIn('worker.yaml') as unknown as readonly {
      spec: { replicas: number; template: { spec: Record<string, unknown> } };
    }[];
    const pod = worker?.spec.template.spec as {
      terminationGracePeriodSeconds: number;
      securityContext: { runAsNonRoot: boolean; runAsUser: number; fsGroup: number };
      volumes: { secret?: { defaultMode: number } }[];
      initContainers: { args: string[] }[];
      containers: { readinessProbe: object; livenessProbe: object }[];
    };
    expect(worker?.spec.replicas).toBe(2);
    expect(pod).toMatchObject({ terminationGracePeriodSeconds: 120, securityContext: { runAsNonRoot: true } });
    // The user is not root: the mounted secrets are readable through the group.
    expect(pod.securityContext.fsGroup).toBe(pod.securityContext.runAsUser);
    expect(pod.volumes.flatMap(({ secret }) => (secret ? [secret.defaultMode] : []))).toEqual([0o440]);
    expect(pod.initContainers[0]?.args).toEqual(['worker', '--verify']);
    expect(pod.containers[0]).toMatchObject({
      readinessProbe: { httpGet: { path: '/readyz' } },
      livenessProbe: { httpGet: { path: '/healthz' } },
    });
  });
});
