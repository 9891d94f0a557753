import { beforeEach, expect, test } from '@jest/globals';
import { createDatabases } from '../../../activities/ports/databases/adapter';
import { checkDatabase } from '../../../client/doctor/database';
import type { Spec } from '../../../workflows/runbook/spec';
import { databaseWorld } from '../../activities/databases/world';
import { describeWithParts } from '../../support/parts';
import { testSpec } from '../../workflows/test-request';

describeWithParts('what doctor says of the database', ['postgres'], ({ postgres }) => {
  const { current, fresh } = databaseWorld(postgres);
  beforeEach(fresh);
  const look = (change: Partial<Spec>) => {
    const { database } = current().request();
    return checkDatabase(createDatabases(process.env), current().secrets, testSpec({ database, ...change }));
  };

  test('is which version it found and that the tools fit it', async () => {
    expect(await look({})).toMatchObject([
      { kind: 'ok', about: 'database', found: expect.stringMatching(/: PostgreSQL \d+, pg_dump \d+$/) },
    ]);
  });
  test('is what is missing, and nothing where no step needs it', async () => {
    const { database } = current().request();
    expect(await look({ database: { ...database, url: 'env:BAD' } })).toMatchObject([{ kind: 'missing', about: 'database' }]);
    expect(await look({ off: { checklist: 'not here', '2.0m': 'not here' } })).toEqual([]);
  });
});
