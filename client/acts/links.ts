import { textOf, type Context } from '../command';
import type { Engine, Run } from '../temporal/engine';

/**
 * The deployment in the web UI: while it runs the short address leads to it, as it is the newest of its lane. Null where nobody knows the
 * UI's address.
 */
export function linkTo(
  engine: Engine,
  { workflowId, runId, status }: Pick<Run, 'workflowId' | 'runId' | 'status'>,
  context: Pick<Context, 'options' | 'env'>,
): string | null {
  const base = textOf(context.options, 'ui') ?? context.env['ANALYTICS_DEPLOY_UI'] ?? derivedUi(engine.address);
  if (base === null) return null;
  const parts = [engine.namespace, 'workflows', workflowId, ...(status === 'running' ? [] : [runId])];
  const path = parts.map((part) => encodeURIComponent(part).replaceAll('%3A', ':')).join('/');
  return `${base.replace(/\/$/, '')}/namespaces/${path}`;
}

/** The dev server's UI is a thousand ports above it; Temporal Cloud has one for all. */
function derivedUi(address: string): string | null {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (['127.0.0.1', 'localhost', '[::1]'].includes(host)) return `http://${host}:${Number(port) + 1000}`;
  return /\.(tmprl\.cloud|temporal\.io)$/.test(host) ? 'https://cloud.temporal.io' : null;
}
