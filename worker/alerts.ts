import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { createHash, timingSafeEqual } from 'node:crypto';
import { ALERTMANAGER, FOLLOW_UP_TYPE, followUpStatus, type AlertMessage } from '../workflows/messages';
import { newsOf } from '../workflows/runbook/post-deployment/alerts';

type Alert = AlertMessage['alerts'][number];

/** Most follow-ups that one push is told to. */
const most = 100;

/** Alertmanager's push (its webhook format, version 4) as our message; null where it is none. */
export function readPush(text: string): AlertMessage | null {
  const push = parse(text);
  if (!isGiven(push) || !Array.isArray(push['alerts'])) return null;
  const alerts = (push['alerts'] as readonly unknown[]).flatMap((alert) => (isGiven(alert) ? [readAlert(alert)] : []));
  // The same push sent again is one message.
  return { by: ALERTMANAGER, requestId: `alert-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`, alerts };
}

function readAlert(alert: Given): Alert {
  const [labels, annotations] = [textsIn(alert['labels']), textsIn(alert['annotations'])];
  const name = labels['alertname'] ?? 'an alert without a name';
  const fingerprint =
    typeof alert['fingerprint'] === 'string' && alert['fingerprint'] !== '' ? alert['fingerprint'] : JSON.stringify(labels);
  const summary = annotations['summary'] ?? annotations['description'] ?? '';
  return { name, summary, fingerprint, firing: alert['status'] === 'firing', labels };
}

/** Whether the request carries the token, told in the same time whatever it carries. */
export function isAllowed(authorization: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`));
}

/**
 * Tells the open follow-ups of a task queue what is theirs and new: a push that says neither would only fill their histories. Gives how many
 * were told.
 */
export async function tellFollowUps(client: Client, taskQueue: string, message: AlertMessage): Promise<number> {
  const query = `WorkflowType = '${FOLLOW_UP_TYPE}' AND ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue}'`;
  let told = 0;
  for await (const { workflowId } of client.workflow.list({ query })) {
    const handle = client.workflow.getHandle(workflowId);
    try {
      const alerts = await newsFor(handle, message.alerts);
      if (alerts.length === 0) continue;
      await handle.signal<[AlertMessage]>('alert', { ...message, alerts });
      told++;
    } catch (error) {
      // It has ended meanwhile.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    if (told === most) break;
  }
  return told;
}

/** What of a push the follow-ups would take; all of it where they do not answer: the signal waits for them. */
async function newsFor(handle: WorkflowHandle, alerts: readonly Alert[]): Promise<readonly Alert[]> {
  try {
    return newsOf(await handle.query(followUpStatus), alerts);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw error;
    return alerts;
  }
}

type Given = Readonly<Record<string, unknown>>;
const isGiven = (value: unknown): value is Given => typeof value === 'object' && value !== null;

function textsIn(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(isGiven(value) ? value : {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
