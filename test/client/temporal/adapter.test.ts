import { ServiceError, type Client, type Connection } from '@temporalio/client';
import { describe, expect, test } from '@jest/globals';
import { sendMessage } from '../../../client/send-message';
import { temporalEngine } from '../../../client/temporal/adapter';
import { grpc } from '../../../client/temporal/errors';
import { runOf } from '../fixtures';

type Call = (...said: readonly unknown[]) => Promise<unknown>;

/** An error of the server, as the SDK hands it on. */
const says = (code: number, details = 'namespace rate limit exceeded') =>
  new ServiceError('Workflow Update failed', { cause: Object.assign(new Error(details), { code, details, metadata: {} }) });

/** A server that answers each call as the test says, and remembers what it was told. */
function serverOf({ update, signal, pollers }: { readonly update: Call; readonly signal?: Call; readonly pollers?: Call }) {
  const told: (readonly [by: string, requestId: unknown])[] = [];
  const handle = {
    executeUpdate: (
      _: string,
      { args, updateId }: { readonly args: readonly [{ readonly requestId: string }]; readonly updateId: string },
    ) => {
      expect(args[0].requestId).toBe(updateId);
      told.push(['update', updateId]);
      return update();
    },
    signal: (_: string, { requestId }: { readonly requestId: string }) => {
      told.push(['signal', requestId]);
      return signal?.() ?? Promise.resolve();
    },
  };
  const client = { options: { namespace: 'default' }, workflow: { getHandle: () => handle } };
  const connection = {
    withDeadline: (_: number, call: Call) => call(),
    workflowService: { describeTaskQueue: pollers ?? (async () => ({ pollers: [{ identity: 'worker' }] })) },
  };
  return { told, engine: temporalEngine(client as unknown as Client, connection as unknown as Connection, '127.0.0.1:7233') };
}
const message = { by: 'bo', requestId: 'abort-1' };
const refuses = (code: number) => () => Promise.reject(says(code));

describe('an abort is not lost to a server that', () => {
  test.each([
    'failedPrecondition',
    'resourceExhausted',
    'aborted',
    'unavailable',
    'internal',
    'unknown',
    'dataLoss',
    'deadlineExceeded',
    'cancelled',
  ] as const)('answers the update with %s: it is sent again as a signal, with the same request id', async (code) => {
    const { engine, told } = serverOf({ update: refuses(grpc[code]) });
    expect(await sendMessage(engine, runOf(), 'abort', message)).toMatchObject({ kind: 'recorded' });
    expect(told).toEqual([
      ['update', 'abort-1'],
      ['signal', 'abort-1'],
    ]);
  });

  test.each(['resourceExhausted', 'permissionDenied'] as const)('does not tell who polls (%s): it is sent all the same', async (code) => {
    const { engine, told } = serverOf({ pollers: refuses(grpc[code]), update: async () => 'Aborted.' });
    expect(await sendMessage(engine, runOf(), 'abort', message)).toEqual({ kind: 'done', answer: 'Aborted.' });
    expect(told).toEqual([['update', 'abort-1']]);
  });
});

test('a message that the server takes in no way is told so, with what to do', async () => {
  const { engine } = serverOf({ update: refuses(grpc.resourceExhausted), signal: refuses(grpc.resourceExhausted) });
  await expect(sendMessage(engine, runOf(), 'abort', message)).rejects.toMatchObject({
    code: 1,
    message:
      'Temporal did not confirm "abort" (namespace rate limit exceeded): it may not have arrived. Look with "analytics-deploy status", and send it again.',
  });
});

test.each(['permissionDenied', 'unauthenticated', 'invalidArgument'] as const)(
  'what the server refuses for good (%s) is not tried in another way',
  async (code) => {
    const { engine, told } = serverOf({ update: refuses(grpc[code]) });
    await expect(sendMessage(engine, runOf(), 'abort', message)).rejects.toBeInstanceOf(ServiceError);
    expect(told).toEqual([['update', 'abort-1']]);
  },
);
