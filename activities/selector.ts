import type { SelectorChange, SelectorState, Undo, UndoReceipt, Write } from '../workflows/runbook/contract';
import { readyNeeded } from '../workflows/runbook/rollback/least-ready';
import type { Attempt } from './activity';
import { failure } from './failures';
import { writeForward } from './forward';
import { proveHealthy } from './health';
import type { Ports } from './ports';
import type { Kubernetes, Operation, Reference, Service } from './ports/kubernetes';
import { putBack } from './put-back';
import { isWrittenByUs, label, writerOf, type Intent } from './safe-write';
import { awaitOldColour } from './way-back';

/** The colour in a Service's selector: read, move forward, put back. Only the one key is touched. */
export function selectorActivities(ports: Ports) {
  const { kubernetes } = ports;

  async function readService(change: SelectorChange): Promise<Service> {
    const reference = referenceOf(change);
    const service = await kubernetes.read(reference);
    if (service) return service;
    throw failure('NotFound', `${label(reference)} does not exist`, { remedy: 'Create it or correct production.service in the spec.' });
  }

  /** The Service may ask for labels that the colour's own Service does not: it must find the candidate's pods by its whole selector. */
  async function proveSelected(change: SelectorChange): Promise<void> {
    const { selector } = await readService(change);
    const pods = await kubernetes.pods(place(change), { ...selector, [change.selectorKey]: change.candidate.colour });
    const needed = Math.max(readyNeeded(change), 1);
    const ready = pods.filter((pod) => pod.ready && !pod.deleting).length;
    if (ready >= needed) return;
    throw failure('NotHealthy', `Service ${change.service} would find ${ready} of ${needed} ready pods of ${change.candidate.colour}`, {
      remedy: "Its selector was not moved. Compare the selector with the labels of the candidate's pods, then retry or roll back.",
    });
  }

  return {
    async readSelector(change: SelectorChange): Promise<SelectorState> {
      return stateOf(await readService(change), change);
    },

    /** Forward, only to a healthy destination (runbook, step 2.3). */
    async moveSelector(write: Write<SelectorChange, SelectorState>, attempt: Attempt): Promise<SelectorState> {
      const { change, from, key } = write;
      await proveHealthy(ports, { ...place(change), colour: change.candidate, capacity: readyNeeded(change), settle: 0 }, attempt);
      await proveSelected(change);
      const intent: Intent<'Service'> = {
        ...common(change, key, change.candidate.colour),
        stand: (service) => {
          if (service === null || service.meta.uid !== from.uid) return 'foreign';
          const colour = colourOf(service, change);
          return colour === change.candidate.colour ? 'there' : colour === from.colour ? 'from' : 'foreign';
        },
        expected: `${change.selectorKey}=${from.colour}`,
      };
      const service = await writeForward(kubernetes, write, intent, attempt);
      return stateOf(service ?? (await readService(change)), change);
    },

    /** Back to the recorded colour, as soon as it can serve. A selector that no longer names the candidate is left as others set it. */
    async restoreSelector({ to, change, key, urgent, hold }: Undo<SelectorChange, SelectorState>, attempt: Attempt): Promise<UndoReceipt> {
      // Without the key the Service finds the pods of both colours.
      const findsCandidate = (colour: string) => colour === '' || colour === change.candidate.colour;
      const isBack = (service: Service) => !findsCandidate(colourOf(service, change)) || to.colour === colourOf(service, change);
      if (!isBack(await readService(change))) {
        await awaitOldColour(
          ports,
          { ...place(change), live: change.live, capacity: change.capacity, minimumReady: change.minimumReady, urgent, key, hold },
          attempt,
        );
      }
      const intent: Intent<'Service'> = {
        ...common(change, key, to.colour),
        hold,
        stand: (service) => (service !== null && isBack(service) ? 'there' : 'from'),
        expected: `${change.selectorKey}=${to.colour}`,
      };
      const by = ({ meta }: Service) => writerOf(meta, fieldOf(change));
      const remark = (service: Service) =>
        isWrittenByUs(service.meta, fieldOf(change)) ? null : `overrode ${intent.found(service)} by ${by(service)}`;
      const { object: service, ...did } = await putBack(kubernetes, intent, { isBack, remark }, attempt);
      if (did.remark !== null) return { result: 'took-over', note: did.remark };
      if (did.wrote) return { result: 'restored' };
      if (!service || colourOf(service, change) === to.colour) return { result: 'already-there' };
      return { result: 'left-to-others', note: `${intent.found(service)}, set by ${by(service)}` };
    },
  };
}

/** Which colour the selector names instead of the candidate's, and by whom; null where it names that. */
export async function selectorDrift(kubernetes: Kubernetes, change: SelectorChange): Promise<string | null> {
  const service = await kubernetes.read(referenceOf(change));
  if (service !== null && colourOf(service, change) === change.candidate.colour) return null;
  const found =
    service === null
      ? 'does not exist any more'
      : `holds ${change.selectorKey}=${colourOf(service, change)}, last written by ${writerOf(service.meta, fieldOf(change))}`;
  return `${found}; expected ${change.selectorKey}=${change.candidate.colour}`;
}

function referenceOf({ cluster, namespace, service }: SelectorChange): Reference<'Service'> {
  return { kind: 'Service', cluster, namespace, name: service };
}
function place({ cluster, namespace }: SelectorChange) {
  return { cluster, namespace };
}
function fieldOf({ selectorKey }: SelectorChange): readonly string[] {
  return ['f:spec', 'f:selector', `f:${selectorKey}`];
}
function colourOf({ selector }: Service, { selectorKey }: SelectorChange): string {
  return selector[selectorKey] ?? '';
}

function common(change: SelectorChange, key: string, colour: string) {
  return {
    reference: referenceOf(change),
    key,
    field: fieldOf(change),
    found: (service: Service | null) => (service === null ? 'nothing' : `${change.selectorKey}=${colourOf(service, change)}`),
    mutate: (service: Service | null) => ({ kind: 'patch', operations: service ? setColour(service, change, colour) : [] }) as const,
  };
}

function setColour(service: Service, change: SelectorChange, colour: string): readonly Operation[] {
  const path = `/spec/selector/${change.selectorKey.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  if (!Object.hasOwn(service.selector, change.selectorKey)) return [{ op: 'add', path, value: colour }];
  return [
    { op: 'test', path, value: colourOf(service, change) },
    { op: 'replace', path, value: colour },
  ];
}

function stateOf(service: Service, change: SelectorChange): SelectorState {
  const colour = colourOf(service, change);
  if (colour === '') {
    throw failure('Misconfigured', `The selector of ${label(referenceOf(change))} has no key ${change.selectorKey}`, {
      remedy: 'Add it to the Service, or correct production.selectorKey in the spec.',
    });
  }
  const { uid, resourceVersion } = service.meta;
  return { uid, resourceVersion, colour };
}
