import type { TaskQueues } from '../../workflows/runbook/release';
import { span } from '../../workflows/runbook/words';
import { count } from '../screens/words';
import type { Engine } from '../temporal/engine';
import { missingSearchAttributes } from '../temporal/search-attributes';
import { missing, note, ok, said, type Finding } from './finding';

const day = 24 * 3_600_000;
/** The runbook looks after a release for a month. */
const lookedAfter = 30 * day;
/** A poll lasts up to a minute. */
const pollerIsRecent = 70_000;

/** Temporal: reachable, the namespace there, search attributes registered, workers at both queues. */
export async function checkTemporal(
  connect: () => Promise<Engine>,
  queues: TaskQueues,
  now: number = Date.now(),
): Promise<readonly Finding[]> {
  let engine: Engine;
  try {
    engine = await connect();
  } catch (error) {
    return [missing('Temporal', said(error), 'Set TEMPORAL_ADDRESS, or start a server: temporal server start-dev')];
  }
  return [
    ok('Temporal', `${engine.address}, server ${await engine.version()}`),
    ...(await checkNamespace(engine)),
    ...(await checkRetention(engine)),
    ...(await checkSearchAttributes(engine)),
    ...(await checkWorkers(engine, queues, now)),
  ];
}

async function checkNamespace(engine: Engine): Promise<readonly Finding[]> {
  try {
    const open = await engine.open();
    return [ok('namespace', `${engine.namespace}, ${count(open.length, 'deployment')} running`)];
  } catch (error) {
    return [missing('namespace', `${engine.namespace}: ${said(error)}`, `temporal operator namespace create ${engine.namespace}`)];
  }
}

/** For as long as a release is looked after it may be rolled back: what it was is read from its ended run. */
async function checkRetention(engine: Engine): Promise<readonly Finding[]> {
  const kept = await engine.retention().catch(() => null);
  if (kept === null || kept >= lookedAfter) return [];
  const remedy = `temporal operator namespace update --retention ${lookedAfter / day}d --namespace ${engine.namespace}`;
  return [
    note('retention', `ended runs are kept ${span(kept)}: after it "rollback --level" needs the file that the worker has kept`, remedy),
  ];
}

async function checkSearchAttributes(engine: Engine): Promise<readonly Finding[]> {
  const { missing: unknown, remedy } = missingSearchAttributes(await engine.searchAttributes());
  return unknown.length === 0
    ? [ok('search attributes', 'all registered')]
    : [note('search attributes', `not registered: ${unknown.join(', ')}; the memo is used instead`, remedy)];
}

async function checkWorkers(engine: Engine, { control, exec }: TaskQueues, now: number): Promise<readonly Finding[]> {
  const wanted = [
    { about: `worker at ${control}`, queue: control, kind: 'workflow', role: 'control' },
    { about: `worker at ${exec}`, queue: exec, kind: 'activity', role: 'exec' },
  ] as const;
  return Promise.all(
    wanted.map(async ({ about, queue, kind, role }) => {
      const pollers = (await engine.pollers(queue, kind)).filter(({ lastAccessAt }) => now - lastAccessAt < pollerIsRecent);
      return pollers.length > 0
        ? ok(about, pollers.map(({ identity }) => identity).join(', '))
        : missing(about, 'nobody polls', `analytics-deploy worker --role ${role}`);
    }),
  );
}
