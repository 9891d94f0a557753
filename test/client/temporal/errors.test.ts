import { ServiceError } from '@temporalio/client';
import { describe, expect, test } from '@jest/globals';
import { grpc, isConnectionError, isGivenUp, isTimeout } from '../../../client/temporal/errors';

/** An error of the server, as the SDK hands it on. */
const answered = (code: number) =>
  new ServiceError('the server said no', { cause: Object.assign(new Error('x'), { code, details: '', metadata: {} }) });

describe('an update that the server gives up', () => {
  test.each(['failedPrecondition', 'resourceExhausted', 'aborted', 'unavailable', 'internal', 'unknown', 'dataLoss'] as const)(
    'with %s is sent again as a signal, not lost',
    (code) => {
      expect(isGivenUp(answered(grpc[code]))).toBe(true);
    },
  );
  test('is told from one that is late, and from one that is refused', () => {
    expect(isTimeout(answered(grpc.deadlineExceeded))).toBe(true);
    for (const code of [grpc.deadlineExceeded, grpc.permissionDenied, grpc.notFound, grpc.invalidArgument])
      expect(isGivenUp(answered(code))).toBe(false);
  });
});

test('a server that is busy or stumbles is waited for like one that is away', () => {
  for (const code of ['unavailable', 'resourceExhausted', 'aborted', 'internal', 'unknown', 'deadlineExceeded'] as const)
    expect(isConnectionError(answered(grpc[code]))).toBe(true);
  for (const code of [grpc.invalidArgument, grpc.notFound, grpc.failedPrecondition]) expect(isConnectionError(answered(code))).toBe(false);
});
