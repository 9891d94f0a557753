/** Mistakes that the compiler must refuse; checked by `npm run check`, never run. */
import type { WorkloadChange, WorkloadState } from '../../../workflows/runbook/contract';
import type { Change, Check } from '../../../workflows/runbook/step';
import { prepareCandidate } from '../../../workflows/runbook/phase-2-production/step-2.2-blue-green';

type Workload = Change<WorkloadChange, WorkloadState>;
// @ts-expect-error the undo belongs to another step's snapshot
export const foreignUndo: Workload = { ...prepareCandidate, undo: 'restoreTraffic' };
// @ts-expect-error there is no such activity
export const misspelt: Workload = { ...prepareCandidate, apply: 'setWorkloads' };
// @ts-expect-error a change without undo
export const withoutUndo: Omit<Workload, 'undo'> extends Workload ? true : never = true;
// @ts-expect-error a check whose receipt reads another activity's answer
export const wrongReceipt: Check<WorkloadChange, { readonly status: number }>['does'] = 'readWorkload';
