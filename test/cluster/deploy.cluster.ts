import { describe, expect, test } from '@jest/globals';
import { openTarget } from '../contract/target';
import { collections, manifestsIn } from '../deploy/manifests';

describe('the manifests of deploy/', () => {
  test('are taken by a real API server under strict validation', async () => {
    const target = await openTarget('real');
    try {
      for (const name of ['analytics', 'analytics-staging']) {
        await target.send({
          method: 'POST',
          path: '/api/v1/namespaces',
          body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
        });
      }
      for (const manifest of ['rbac.yaml', 'worker.yaml', 'repair-job.yaml'].flatMap((file) => manifestsIn(file))) {
        const path = `${(collections[manifest.kind] ?? '').replace('NS', manifest.metadata.namespace ?? 'analytics')}?fieldValidation=Strict`;
        const { status, text } = await target.send({ method: 'POST', path, body: manifest });
        expect({ kind: manifest.kind, status, why: status === 201 ? '' : text }).toEqual({ kind: manifest.kind, status: 201, why: '' });
      }
    } finally {
      await target.close();
    }
  }, 120_000);
});
