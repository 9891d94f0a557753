import { afterEach, expect, jest, test } from '@jest/globals';
import { setup } from '../../../client/acts/setup';
import { contextOf, worldOf } from '../fake-engine';

const given = process.env['VALKEY_SERVER_PATH'];
afterEach(() => {
  if (given === undefined) delete process.env['VALKEY_SERVER_PATH'];
  else process.env['VALKEY_SERVER_PATH'] = given;
  jest.restoreAllMocks();
});

test.each([
  ['is said and passed over, as a stand-in replaces it', {}, 0],
  ['is a failure where every one was asked for', { strict: true }, 1],
])('a server beside the service that cannot be had %s', async (_, options, code) => {
  process.env['VALKEY_SERVER_PATH'] = '/nowhere/valkey-server';
  const said = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(await setup(contextOf(worldOf({}), { options }).context)).toBe(code);
  expect(said.mock.calls.map(([line]) => line).join('')).toContain('VALKEY_SERVER_PATH is /nowhere/valkey-server');
});
