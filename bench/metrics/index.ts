import type { Metric } from '../metric';
import { stepOverhead } from './m1-step-overhead';
import { history } from './m3-history';
import { abort } from './m5-abort';
import { crash } from './m6-crash';
import { approval } from './m7-approval';
import { memory } from './m8-memory';
import { commandStart } from './m9-command-start';
import { workerStart } from './m10-worker-start';
import { restored } from './m11-restored';

/** Everything that is measured, in the order of the report. */
export const metrics: readonly Metric[] = [stepOverhead, history, abort, crash, approval, memory, commandStart, workerStart, restored];
