import { describe, expect, test } from '@jest/globals';
import { mintDeploymentId, readId } from '../../client/ids';

describe('deployment ids', () => {
  test('an id names service, environment, version and the second in which it was minted', () => {
    const id = mintDeploymentId({ service: 'analytics', environment: 'production' }, 'v1.0.0', new Date('2026-11-24T02:00:00.999Z'));
    expect(id).toBe('analytics-production-v1.0.0-20261124T020000Z');
  });

  test('a workflow id means the newest deployment of its lane', () => {
    expect(readId('deploy:analytics:production')).toEqual({ kind: 'workflow', workflowId: 'deploy:analytics:production' });
  });

  test('a deployment id of plain names has one reading', () => {
    expect(readId('analytics-production-v1.0.0-20261124T020000Z')).toMatchObject({
      lanes: [{ service: 'analytics', environment: 'production' }],
    });
  });

  test('names with dashes are read in every way', () => {
    const named = readId('user-search-eu-west-v2-20261124T020000Z');
    expect(named).toMatchObject({ kind: 'deployment' });
    expect(named?.kind === 'deployment' && named.lanes).toContainEqual({ service: 'user-search', environment: 'eu-west' });
  });

  test.each(['', 'analytics', 'deploy:analytics', 'analytics-production-v1.0.0', 'analytics-20261124T020000Z', '../../x'])(
    '"%s" is no deployment',
    (text) => {
      expect(readId(text)).toBeNull();
    },
  );
});
