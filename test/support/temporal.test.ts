import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TestTemporal, testEnvironment } from './temporal';

describe('the servers of the test run', () => {
  let temporal: TestTemporal;
  beforeAll(async () => void (temporal = await testEnvironment()));
  afterAll(() => temporal.close());

  test('the Temporal server knows the search attributes of a deployment', async () => {
    const { customAttributes } = await temporal.client.connection.operatorService.listSearchAttributes({ namespace: 'default' });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(['DeployId', 'DeployService', 'DeployWeight', 'DeployStatus']));
  });

  test('names of tests never meet', () => {
    expect(temporal.unique('queue')).not.toBe(temporal.unique('queue'));
  });
});
