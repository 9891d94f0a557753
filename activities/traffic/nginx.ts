import { failure } from '../failures';
import { writeForward } from '../forward';
import type { Ports } from '../ports';
import type { Ingress, Operation, Reference } from '../ports/kubernetes';
import { putBack } from '../put-back';
import { label, writerOf, type Intent } from '../safe-write';
import { awaitOldColour } from '../way-back';
import type { TrafficChange } from '../../workflows/runbook/contract';
import type { Mechanism } from './mechanism';
import { weightedMechanism, type Split } from './weighted';
import { isEqual, targetWeights } from './weights';

/**
 * Canary annotations of ingress-nginx on a second Ingress: its one backend is the candidate's Service, its weight the candidate's share. The main
 * Ingress names the live colour and is moved by a step of its own.
 */
const prefix = 'nginx.ingress.kubernetes.io';
const annotation = { canary: `${prefix}/canary`, weight: `${prefix}/canary-weight`, total: `${prefix}/canary-weight-total` } as const;
/** Requests that these choose do not follow the weight. */
const stronger = ['canary-by-header', 'canary-by-header-value', 'canary-by-header-pattern', 'canary-by-cookie'].map(
  (name) => `${prefix}/${name}`,
);

function valueOf({ meta }: Ingress, name: string): string | undefined {
  return meta.annotations?.[name];
}
/** Percent of all requests; 0 where the Ingress is no canary or states no weight. */
function share(ingress: Ingress): number {
  if (valueOf(ingress, annotation.canary) !== 'true') return 0;
  const weight = Number(valueOf(ingress, annotation.weight) ?? 0);
  return Number.isFinite(weight) ? (100 * weight) / totalOf(ingress) : 0;
}
function totalOf(ingress: Ingress): number {
  const total = Number(valueOf(ingress, annotation.total) ?? 100);
  return total > 0 ? total : 100;
}
function splitOf(ingress: Ingress, { candidate, live }: TrafficChange): Split['weights'] {
  const isOfCandidate = ingress.backends.every(({ service }) => service === candidate.service);
  // A canary that still names the live colour, from the release before, sends everything there whatever its weight is.
  const weight = isOfCandidate ? share(ingress) : 0;
  return { [candidate.colour]: weight, [live.colour]: 100 - weight };
}

function canaryOf(ports: Ports): Mechanism {
  return weightedMechanism(ports, {
    kind: 'Ingress',
    name: ({ canary }) => canary ?? '',
    field: ['f:metadata', 'f:annotations', `f:${annotation.weight}`],
    read(ingress, change) {
      refuseOthers(ingress, change);
      const weight = valueOf(ingress, annotation.weight) ?? '0';
      return { weights: splitOf(ingress, change), raw: { weight, service: ingress.backends[0]?.service ?? '' } };
    },
    isAt: (ingress, change, { weights, raw }) =>
      isEqual(splitOf(ingress, change), weights) &&
      (raw?.['service'] === undefined || ingress.backends.every(({ service }) => service === raw['service'])),
    sendsTo: (ingress, change, { colour }) => (splitOf(ingress, change)[colour] ?? 0) > 0,
    // The main Ingress always has the other side.
    isLeftAloneWith: () => false,
    set(ingress, { candidate }, { weights, raw }) {
      const service = raw?.['service'] ?? candidate.service;
      // Of the total that the Ingress states, which stays as it is.
      const weight = raw?.['weight'] ?? String(((weights[candidate.colour] ?? 0) * totalOf(ingress)) / 100);
      return {
        operations: ingress.backends.flatMap(({ path, service: named }) =>
          named === service
            ? []
            : ([
                { op: 'test', path, value: named },
                { op: 'replace', path, value: service },
              ] as const),
        ),
        annotations: { [annotation.weight]: weight },
      };
    },
    describe: (ingress, change) =>
      `${Object.entries(splitOf(ingress, change))
        .map(([colour, weight]) => `${colour} ${weight}`)
        .join(', ')} by canary of ${ingress.backends[0]?.service ?? 'nothing'}`,
    refusal: () => null,
    isJudged: () => true,
  });
}

function refuseOthers(ingress: Ingress, { candidate, live }: TrafficChange): void {
  const others = ingress.backends.filter(({ service }) => service !== candidate.service && service !== live.service);
  const [other] = others;
  if (ingress.backends.length === 0 || other) {
    throw failure('Misconfigured', `Ingress ${ingress.meta.name} has ${other ? `backend ${other.service}` : 'no backend'}`, {
      remedy: `Its backends must be ${candidate.service} or ${live.service}: it is the canary of the two colours.`,
    });
  }
  if (valueOf(ingress, annotation.canary) !== 'true') {
    throw failure('Misconfigured', `Ingress ${ingress.meta.name} is no canary: it has no ${annotation.canary}: "true"`, {
      remedy: 'Add the annotation, or correct production.traffic.canary in the spec.',
    });
  }
  const strong = stronger.filter((name) => valueOf(ingress, name) !== undefined);
  if (strong.length === 0) return;
  throw failure('Misconfigured', `Ingress ${ingress.meta.name} has ${strong.join(', ')}, which beat the weight`, {
    remedy: 'Take them off: requests that they choose would not follow the share.',
  });
}

/**
 * The canary takes shares; at 100 % the main Ingress is moved as well. It answers 503 for everything while its own backend has no pods, whatever the
 * weight is: it must never name a colour that may have none.
 */
export function nginxCanary(ports: Ports): Mechanism {
  const { kubernetes } = ports;
  const canary = canaryOf(ports);
  const mainOf = ({ cluster, namespace, route }: TrafficChange): Reference<'Ingress'> => ({
    kind: 'Ingress',
    cluster,
    namespace,
    name: route,
  });
  const names = (ingress: Ingress | null, service: string): boolean =>
    ingress?.backends.some((backend) => backend.service === service) ?? false;
  const mainIntent = (change: TrafficChange, key: string, from: string, to: string): Intent<'Ingress'> => ({
    reference: mainOf(change),
    key,
    field: ['f:spec', 'f:rules'],
    stand: (ingress) => (names(ingress, from) ? 'from' : names(ingress, to) ? 'there' : 'foreign'),
    mutate: (ingress) => ({ kind: 'patch', operations: (ingress?.backends ?? []).flatMap((backend) => renamed(backend, from, to)) }),
    found: (ingress) => (ingress === null ? 'nothing' : `backends ${ingress.backends.map(({ service }) => service).join(', ')}`),
    expected: `backend ${from}`,
  });

  return {
    async read(change) {
      const main = await kubernetes.read(mainOf(change));
      if (names(main, change.live.service)) return canary.read(change);
      // After our own last rung: everything goes to the candidate, whatever the canary says.
      if (change.candidateShare === 100 && names(main, change.candidate.service))
        return { ...(await canary.read(change)), weights: targetWeights(change) };
      throw failure('Misconfigured', `${label(mainOf(change))} does not name ${change.live.service}, the live colour`, {
        remedy: 'Correct its backend, or production.traffic.route in the spec.',
      });
    },

    async set(write, attempt) {
      const { change, key } = write;
      const state = await canary.set(write, attempt);
      if (change.candidateShare < 100) return state;
      await writeForward(kubernetes, write, mainIntent(change, key, change.live.service, change.candidate.service), attempt);
      return state;
    },

    async restore(undo, attempt) {
      const { change, key, urgent, hold } = undo;
      const { cluster, namespace, live, capacity, minimumReady, candidate } = change;
      const main = await kubernetes.read(mainOf(change));
      const isOnCandidate = (ingress: Ingress | null) => names(ingress, candidate.service);
      if (isOnCandidate(main))
        await awaitOldColour(ports, { cluster, namespace, live, capacity, minimumReady, urgent, key, hold }, attempt);
      // At 100 % its move may still be on the way: where it has not happened the undo's key fences it off.
      if (main !== null && (isOnCandidate(main) || change.candidateShare === 100)) {
        const intent: Intent<'Ingress'> = {
          ...mainIntent(change, key, candidate.service, live.service),
          hold,
          stand: (ingress) => (isOnCandidate(ingress) ? 'from' : 'there'),
        };
        const looks = { isBack: (ingress: Ingress) => !isOnCandidate(ingress), remark: () => null };
        await putBack(kubernetes, intent, looks, attempt);
      }
      return canary.restore(undo, attempt);
    },

    async drift(change) {
      const main = await kubernetes.read(mainOf(change));
      const wanted = change.candidateShare < 100 ? change.live.service : change.candidate.service;
      if (!names(main, wanted)) {
        const by = writerOf(main?.meta, ['f:spec', 'f:rules']);
        return `main Ingress ${change.route} does not name ${wanted}, last written by ${by}; expected it to`;
      }
      return canary.drift(change);
    },

    reaches: (change) => [mainOf(change), ...canary.reaches(change)],
  };
}

function renamed({ service, path }: Ingress['backends'][number], from: string, to: string): readonly Operation[] {
  return service === from
    ? [
        { op: 'test', path, value: from },
        { op: 'replace', path, value: to },
      ]
    : [];
}
