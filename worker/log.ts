import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** One JSON object per line on stderr: stdout belongs to the commands. */
export function log(level: Level, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
}

/** What of the SDK's own fields is worth a line; error objects are cut to what the catalogue lets out. */
const worthTelling = [
  'workflowId',
  'runId',
  'activityId',
  'activityType',
  'attempt',
  'taskQueue',
  'workflowType',
  'output',
  'digest',
] as const;

/** Sends the SDK's log through ours. Once per process, before anything connects. */
export function quietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('WARN', forward),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
}

function forward({ level, message, meta }: LogEntry): void {
  const fields = Object.fromEntries(worthTelling.flatMap((name) => (meta?.[name] === undefined ? [] : [[name, meta[name]]])));
  const error = meta?.['error'] as { readonly name?: string; readonly type?: string; readonly message?: string } | undefined;
  log(level === 'ERROR' ? 'error' : 'warn', message, {
    ...fields,
    ...(error ? { error: { type: error.type ?? error.name, message: error.message } } : {}),
  });
}
