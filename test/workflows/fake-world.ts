import { ApplicationFailure, Context } from '@temporalio/activity';
import { receipts, releaseOf, uid } from '../../bench/receipts';
import type {
  Activities,
  DatabaseRequest,
  KeepReceipt,
  KeepRequest,
  MigrationsState,
  NotifyReceipt,
  NotifyRequest,
  ResolveRollbackRequest,
  OthersReceipt,
  SinceReceipt,
  UndoReceipt,
} from '../../workflows/runbook/contract';
import type { SampleTally } from '../../workflows/runbook/judge/evidence';
import { digestText } from '../../workflows/runbook/post-deployment/digest';
import { withReasons } from '../../workflows/runbook/post-deployment/stretch';
import type { FollowUpCheck, FollowUpReceipt } from '../../workflows/runbook/post-deployment/follow-up';
import type { DeploymentRequest, Release } from '../../workflows/runbook/release';
import type { Releases } from '../../workflows/runbook/rollback/released';
import type { Spec } from '../../workflows/runbook/spec';
import { testRequest } from './test-request';

/** What a test may do at the moment an activity is called: before its effect or after it. */
export type Hook = (name: keyof Activities, input: unknown, when: 'before' | 'after') => Promise<void> | void;

/** The world in memory: just enough state to tell whether everything was put back. */
export interface FakeState {
  [subject: string]: unknown;
}

/** A world that answers the contract from memory, keeps a ledger of its state changes, and fails where a test says so. */
export class FakeWorld {
  readonly ledger: { readonly activity: string; readonly subject: string; readonly key: string }[] = [];
  readonly calls: string[] = [];
  readonly notices: string[] = [];
  /** The same as they were sent, to sinks that all take them. */
  readonly told: NotifyRequest[] = [];
  /** What a sink calls the first message. */
  thread: (sink: string) => string | undefined = () => undefined;
  readonly looks: FollowUpCheck[] = [];
  readonly digests: string[] = [];
  /** What a look of the follow-ups finds. */
  look: (check: FollowUpCheck) => Partial<FollowUpReceipt> = () => ({});
  state: FakeState = {};
  release: Release;
  tally: (share: number) => Partial<SampleTally> = () => ({});
  hook: Hook = () => undefined;
  /** What keeps the file of the report. */
  keep: (request: KeepRequest) => Promise<KeepReceipt> = async ({ deploymentId }) => ({ file: `/reports/${deploymentId}.json` });
  /** Rows that were written since the backup, at each look. */
  rows: () => number = () => 7;
  /** What a rollback is resolved to. */
  rollback: (request: ResolveRollbackRequest) => Release = () => ({ ...this.release, from: this.release.version });
  /** What the last deployment left on record as healthy. */
  releases: Releases | null = null;
  others: OthersReceipt = { open: [] };
  /** A failure that any sampler finds from now on, also in the middle of its window. */
  proof: string | null = null;

  /** What the deployment was started with. */
  asked: DeploymentRequest;

  constructor(readonly request: DeploymentRequest = testRequest()) {
    this.asked = request;
    this.release = testRelease(request.spec, request.version);
    const { staging, production } = request.spec;
    this.state = {
      [`${staging.namespace}/deployment/${staging.deployment}`]: { image: 'app@sha256:old', replicas: 2, flagsConfigMap: null },
      [`${production.namespace}/deployment/${this.release.candidate.deployment}`]: {
        image: this.release.candidate.image,
        replicas: 0,
        flagsConfigMap: 'analytics-flags-old',
      },
      [`${production.namespace}/deployment/${this.release.live.deployment}`]: {
        image: this.release.live.image,
        replicas: this.release.live.replicas,
        flagsConfigMap: 'analytics-flags-old',
      },
      [`${production.namespace}/httproute/${production.traffic.route}`]: { weights: { ...this.release.weights } },
      [`${production.namespace}/service/${production.service}`]: { colour: this.release.selected },
      ...(request.spec.database ? { [databaseSubject(request.spec)]: { applied: 1 } } : {}),
    };
  }

  /** A copy to compare with later. */
  snapshot(): FakeState {
    return structuredClone(this.state);
  }

  get activities(): Activities {
    const plain = this.answers();
    return Object.fromEntries(
      Object.entries(plain).map(([name, answer]) => [
        name,
        async (input: never) => {
          this.calls.push(name);
          await this.hook(name as keyof Activities, input, 'before');
          const out = await (answer as (input: never) => Promise<unknown>)(input);
          await this.hook(name as keyof Activities, input, 'after');
          return out;
        },
      ]),
    ) as unknown as Activities;
  }

  private answers(): Activities {
    const well = receipts(this.release, (window) => this.sampled(window));
    const read = <T>(subject: string): T => ({ ...(this.state[subject] as T) });
    const write = (activity: string, subject: string, key: string, value: unknown): void => {
      if (JSON.stringify(this.state[subject]) === JSON.stringify(value)) return;
      this.state[subject] = value;
      this.ledger.push({ activity, subject, key });
    };
    const restored = (result: UndoReceipt['result'] = 'restored'): UndoReceipt => ({ result });
    return {
      ...well,
      resolveRelease: async () => this.release,
      resolveRollback: async (request) => this.rollback(request),
      readWorkload: async (target) => ({
        ...read<{ image: string; replicas: number; flagsConfigMap: string | null }>(workload(target)),
        ...uid,
      }),
      setWorkload: async ({ change, key }) => {
        const before = read<{ image: string; replicas: number; flagsConfigMap: string | null }>(workload(change));
        const after = {
          image: change.image ?? before.image,
          replicas: change.replicas ?? before.replicas,
          flagsConfigMap: change.flagsConfigMap ?? before.flagsConfigMap,
        };
        write('setWorkload', workload(change), key, after);
        return { ...after, ...uid };
      },
      restoreWorkload: async ({ to, change, key }) => {
        const { image, replicas, flagsConfigMap } = to;
        write('restoreWorkload', workload(change), key, { image, replicas, flagsConfigMap });
        return restored();
      },
      readFlags: async ({ namespace, name }) => ({ existed: `${namespace}/configmap/${name}` in this.state, uid: null }),
      createFlags: async ({ change, key }) => {
        write('createFlags', `${change.namespace}/configmap/${change.name}`, key, change.data);
        return { existed: true, uid: uid.uid };
      },
      removeFlags: async ({ to, change, key }) => {
        const subject = `${change.namespace}/configmap/${change.name}`;
        if (to.existed || !(subject in this.state)) return restored('already-there');
        Reflect.deleteProperty(this.state, subject);
        this.ledger.push({ activity: 'removeFlags', subject, key });
        return restored();
      },
      readTraffic: async ({ namespace, route }) => ({
        ...read<{ weights: Record<string, number> }>(`${namespace}/httproute/${route}`),
        ...uid,
      }),
      shiftTraffic: async ({ change, key }) => {
        const weights = { [change.candidate.colour]: change.candidateShare, [change.live.colour]: 100 - change.candidateShare };
        write('shiftTraffic', `${change.namespace}/httproute/${change.route}`, key, { weights });
        return { weights, ...uid };
      },
      restoreTraffic: async ({ to, change, key }) => {
        write('restoreTraffic', `${change.namespace}/httproute/${change.route}`, key, { weights: to.weights });
        return restored();
      },
      readSelector: async ({ namespace, service }) => ({ ...read<{ colour: string }>(`${namespace}/service/${service}`), ...uid }),
      moveSelector: async ({ change, key }) => {
        write('moveSelector', `${change.namespace}/service/${change.service}`, key, { colour: change.candidate.colour });
        return { colour: change.candidate.colour, ...uid };
      },
      restoreSelector: async ({ to, change, key }) => {
        write('restoreSelector', `${change.namespace}/service/${change.service}`, key, { colour: to.colour });
        return restored();
      },
      releaseTarget: async ({ releases }) => {
        this.releases = releases ?? null;
        return {};
      },
      sampleSignals: async (request) => ({
        ...(await well.sampleSignals(request)),
        failure: this.proof,
        ...this.tally(request.share),
      }),
      listOpenDeployments: async () => this.others,
      keepReport: (request) => this.keep(request),
      readRequest: async () => this.asked,
      rowsSinceBackup: async (request) => ({ ...(await well.rowsSinceBackup(request)), ...this.written() }),
      readMigrations: async (request) => this.migrations(request),
      tryMigrations: async (request) => ({ ...(await well.tryMigrations(request)), pending: this.migrations(request).pending }),
      migrate: async ({ change, key }) => {
        write('migrate', databaseSubject(change), key, { applied: everyMigration.length });
        return this.migrations(change);
      },
      undoMigrations: async ({ to, change, key }) => {
        write('undoMigrations', databaseSubject(change), key, { applied: to.applied });
        return restored();
      },
      applyMigrations: async (change) => {
        write('applyMigrations', databaseSubject(change), change.deployment, { applied: everyMigration.length });
        return this.migrations(change);
      },
      reverseMigrations: async (change) => {
        write('reverseMigrations', databaseSubject(change), change.deployment, { applied: change.seen.applied - change.names.length });
        return this.migrations(change);
      },
      lookAfter: async (check) => {
        this.looks.push(check);
        const receipt = { verdict: 'pass', reasons: [], note: 'errors 0.1 %', shares: { errors: 0.001 }, ...this.look(check) } as const;
        const telling = receipt.verdict === 'superseded' || receipt.isSeenTwice ? undefined : check.tells[receipt.verdict];
        const told = [...(check.first ? [check.first] : []), ...(telling ? [withReasons(telling, receipt.reasons)] : [])].map((notice) =>
          this.tell(notice),
        );
        if (!check.digest) return { ...receipt, told };
        this.digests.push(digestText(check.digest, receipt, check.spec.signals));
        return { ...receipt, told, digest: { sinks: check.digest.sinks.map(({ name }) => ({ name, result: 'delivered' as const })) } };
      },
      notify: async (notice) => this.tell(notice),
    };
  }

  private tell(notice: NotifyRequest): NotifyReceipt {
    const { key, sinks } = notice;
    this.notices.push(key);
    this.told.push(notice);
    return {
      sinks: sinks.map(({ name }) => {
        const thread = this.thread(name);
        return { name, result: 'delivered' as const, ...(thread === undefined ? {} : { thread }) };
      }),
    };
  }

  private written(): Pick<SinceReceipt, 'rows' | 'words' | 'tables'> {
    const rows = this.rows();
    const words = `${rows} rows written since 2026-11-24 01:40 UTC, by the server's counters`;
    return { rows, words, tables: [{ table: 'public.events', before: 1_000, now: 1_000 + rows }] };
  }

  private migrations(request: DatabaseRequest): MigrationsState {
    const { applied } = this.state[databaseSubject(request)] as { readonly applied: number };
    return { applied, last: everyMigration[applied - 1] ?? null, digest: `digest-${applied}`, pending: everyMigration.slice(applied) };
  }

  /** Lasts as long as the window, until a failure is found or it is told to stop; then it answers with what it has. */
  private async sampled(window: number | undefined): Promise<number> {
    const context = Context.current();
    const end = window === undefined ? Infinity : Date.now() + window;
    while (this.proof === null && !context.cancellationSignal.aborted && Date.now() < end) {
      // A stop is heard with a heartbeat.
      context.heartbeat();
      await new Promise((resolve) => setTimeout(resolve, Math.min(50, end - Date.now())));
    }
    return 3;
  }
}

const everyMigration = ['0001_events', '0002_sessions', '0003_exports'];
function databaseSubject({ service, environment }: { readonly service: string; readonly environment: string }): string {
  return `database/${service}-${environment}`;
}

/** Another deployment has the lock when it is asked for first; else as before. */
export function lockedAtFirst(world: FakeWorld): FakeWorld {
  const { hook } = world;
  let asked = 0;
  world.hook = (name, input, when) => {
    if (name === 'takeTarget' && when === 'before' && ++asked === 1)
      throw ApplicationFailure.nonRetryable('held by another deployment', 'Locked');
    return hook(name, input, when);
  };
  return world;
}

function workload({ namespace, deployment }: { readonly namespace: string; readonly deployment: string }): string {
  return `${namespace}/deployment/${deployment}`;
}

/** With names that are short to read. */
function testRelease(spec: Spec, version: string): Release {
  const release = releaseOf(spec, version);
  return {
    ...release,
    commit: 'c0ffee0000000000000000000000000000000000',
    image: 'app@sha256:new',
    live: { ...release.live, image: 'app@sha256:old' },
    candidate: { ...release.candidate, image: 'app@sha256:old' },
    ...(spec.flags ? { flags: { configMap: `${spec.flags.configMap}-0123456789`, data: spec.flags.values } } : {}),
    digest: 'd1gest00000000000000000000000000',
  };
}
