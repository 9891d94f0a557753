import { isGrpcServiceError, isGrpcDeadlineError, ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { failure, type Problem } from '../problems';

/** gRPC status codes that we act on. */
export const grpc = {
  /** Also what a deadline of our own ends with, now and then. */
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

/** The gRPC status of an error or of its cause; null where it has none. */
export function grpcCode(error: unknown): number | null {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? grpcCode(error.cause) : null;
}
export function grpcDetails(error: unknown): string {
  if (isGrpcServiceError(error)) return error.details;
  return error instanceof Error ? (error.cause === undefined ? error.message : grpcDetails(error.cause)) : String(error);
}
export function isNotFound(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError || grpcCode(error) === grpc.notFound;
}
export function isTimeout(error: unknown): boolean {
  const code = grpcCode(error);
  return isGrpcDeadlineError(error) || code === grpc.deadlineExceeded || code === grpc.cancelled;
}

/** A server that is busy, restarts or stumbles: the same call may succeed a moment later. */
const passing: readonly (number | null)[] = [
  grpc.unknown,
  grpc.resourceExhausted,
  grpc.aborted,
  grpc.internal,
  grpc.unavailable,
  grpc.dataLoss,
];

/**
 * What became of the message is not known, or the server gave it up: too many updates under way, a workflow task that fails. Its signal twin is
 * taken still, and counts once.
 */
export function isGivenUp(error: unknown): boolean {
  const code = grpcCode(error);
  return code === grpc.failedPrecondition || passing.includes(code);
}

const remedy = 'Start one with "analytics-deploy demo" or "temporal server start-dev", or set TEMPORAL_ADDRESS.';

/** What a person is told when Temporal cannot be reached or does not let us in. */
export function connectionProblem(error: unknown, address: string, namespace: string, tcp: string | null = null): Problem {
  const code = grpcCode(error);
  const details = grpcDetails(error);
  if (code === grpc.unauthenticated || code === grpc.permissionDenied) {
    return failure(
      `Temporal at ${address} refuses access to namespace "${namespace}" (${details}). Check TEMPORAL_API_KEY or the client certificate of the profile.`,
    );
  }
  if (code === grpc.notFound) {
    return failure(`Temporal at ${address} has no namespace "${namespace}". Create it, or set TEMPORAL_NAMESPACE.`);
  }
  return failure(`Cannot reach Temporal at ${address} (${reason(tcp ?? details)}). ${remedy}`);
}

/** Errors of a connection that was lost, of a server that is too busy to answer, or of one that does not know the namespace. */
export function isConnectionError(error: unknown): boolean {
  const codes: readonly (number | null)[] = [...passing, grpc.unauthenticated, grpc.permissionDenied];
  return (error instanceof ServiceError || isGrpcServiceError(error)) && (isTimeout(error) || codes.includes(grpcCode(error)));
}

/** Why a connection that stood is gone, in a few words. */
export function lostBecause(error: unknown): string {
  return reason(grpcDetails(error));
}

/** The cause in a few words. */
function reason(details: string): string {
  const known = [
    [/ECONNREFUSED/, 'connection refused'],
    [/ENOTFOUND|EAI_AGAIN|name resolution failed/i, 'unknown host'],
    [/ECONNRESET|socket hang up/, 'connection reset'],
    [/certificate|self.signed|TLS|SSL/i, 'TLS: the certificate is not accepted'],
    [/deadline|timed? ?out|cancelled/i, 'no answer in time'],
  ] as const;
  return known.find(([pattern]) => pattern.test(details))?.[1] ?? details;
}
