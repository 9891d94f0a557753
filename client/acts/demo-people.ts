import { stillToApprove, type AttestationView, type DeploymentView, type GateView } from '../../workflows/runbook/view';
import type { Context } from '../command';
import type { KeyAction } from '../live/keys';
import { sendMessage } from '../send-message';
import type { Situation } from '../situation';
import type { Engine, Run } from '../temporal/engine';
import { messageFrom } from './message';

/** Who starts in the demo; the default spec gives the people of the demo their roles. */
export const requester = 'ana';

/** The people of the demo: with `yes` they approve and attest by themselves, else at the prompt. */
export function peopleOf(on: Context, engine: Engine, run: Run, yes: boolean) {
  const asked = new Set<string>();
  return {
    extraKeys: ({ view }: Situation) => {
      if (yes || !view) return [];
      if (view.gate) return approvalKeys(on, engine, run, view.gate);
      return attestationKeys(on, engine, run, openAttestations(view));
    },
    onLook: ({ view }: Situation) => {
      if (!yes || !view) return;
      const once = (key: string, act: () => Promise<string>): void => {
        if (asked.has(key)) return;
        asked.add(key);
        void act().catch((error: unknown) => on.out.complain(String(error instanceof Error ? error.message : error)));
      };
      for (const item of openAttestations(view)) once(`${item.id} ${item.dueAt}`, () => attestAs(on, engine, run, item));
      const { gate } = view;
      const next = gate && nextApprover(gate);
      if (gate && next) once(`${gate.id} ${gate.digest} ${next}`, () => approveAs(on, engine, run, gate, next));
    },
  };
}

function openAttestations({ attestations = [] }: DeploymentView): readonly AttestationView[] {
  return attestations.filter(({ state, people }) => state === 'open' && people.length > 0);
}

/** The first of those who answer for it says so. */
async function attestAs(on: Context, engine: Engine, run: Run, { id, people }: AttestationView): Promise<string> {
  const [by = requester] = people;
  return (await sendMessage(engine, run, 'attest', { ...messageFrom(on, 'attest'), by, item: id })).answer;
}

function attestationKeys(on: Context, engine: Engine, run: Run, [next, ...others]: readonly AttestationView[]): readonly KeyAction[] {
  if (!next) return [];
  const label = `attest ${next.id} as ${next.people[0]}${others.length > 0 ? ` (${others.length} more)` : ''}`;
  return [{ key: 'y', label, act: () => attestAs(on, engine, run, next) }];
}

/** The first of those who may approve and have not: `eva (lead)` → `eva`. */
function nextApprover(gate: GateView): string | null {
  return stillToApprove(gate)[0]?.replace(/ \(.*$/, '') ?? null;
}

async function approveAs(on: Context, engine: Engine, run: Run, gate: GateView, by: string): Promise<string> {
  const { answer } = await sendMessage(engine, run, 'approve', { ...messageFrom(on, 'approve'), by, gate: gate.id, digest: gate.digest });
  return answer;
}

function approvalKeys(on: Context, engine: Engine, run: Run, gate: GateView): readonly KeyAction[] {
  const next = nextApprover(gate);
  if (next === null) return [];
  const message = { ...messageFrom(on, 'reject'), by: next, gate: gate.id, digest: gate.digest };
  return [
    { key: 'y', label: `approve as ${next}`, act: () => approveAs(on, engine, run, gate, next) },
    {
      key: 'n',
      label: `reject as ${next}`,
      confirm: `Reject as ${next}?`,
      act: async () => (await sendMessage(engine, run, 'reject', message)).answer,
    },
  ];
}
