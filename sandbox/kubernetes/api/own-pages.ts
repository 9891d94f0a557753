import type { Fault, Faults } from '../faults';
import type { Ledger } from '../ledger';
import { refuse } from '../status';

/** Pages of the sandbox itself: the ledger, and the faults (GET lists, POST adds, DELETE clears). */
export function ownPage(
  { ledger, faults }: { readonly ledger: Ledger; readonly faults: Faults },
  path: string,
  method: string,
  body: string,
): unknown {
  const pages: Readonly<Record<string, () => unknown>> = {
    'GET /_sandbox/ledger': () => ledger.entries,
    'GET /_sandbox/faults': () => faults.list(),
    'POST /_sandbox/faults': () => {
      faults.add(readFault(body));
      return faults.list();
    },
    'DELETE /_sandbox/faults': () => {
      faults.clear();
      return faults.list();
    },
  };
  const page = pages[`${method} ${path}`];
  if (!page) throw refuse.noSuchPath();
  return page();
}

function readFault(body: string): Fault {
  const fault = parse(body) as Partial<Fault> | null;
  const kinds: readonly unknown[] = ['answer', 'drop', 'delay'];
  if (typeof fault?.match !== 'object' || !kinds.includes(fault.effect?.kind)) {
    throw refuse.badRequest('a fault needs "match" (an object) and "effect" with kind answer, drop or delay');
  }
  return fault as Fault;
}
function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw refuse.badRequest('the body is no JSON');
  }
}
