import type { Command } from '../command';
import { init, validate, plan, runbook, windows } from './spec';
import { start } from './start';
import { status, watch, report, list, followUp } from './following';
import { approve, reject } from './gates';
import { abort, rollback, handover, repair } from './endings';
import { attest, waive } from './items';
import { pause, resume } from './holds';
import { ack } from './calls';
import { retry, adopt, skip, extend } from './steps';
import { demo, doctor, rbac, worker, sandbox, setup, completion } from './machine';

/** Every command, in the order in which a person meets them. Records of one family share a file: `--help` reads them all. */
export const commands: readonly Command[] = [
  demo,
  init,
  validate,
  plan,
  windows,
  runbook,
  doctor,
  rbac,
  start,
  status,
  watch,
  report,
  list,
  followUp,
  approve,
  reject,
  attest,
  waive,
  abort,
  pause,
  resume,
  rollback,
  ack,
  retry,
  adopt,
  skip,
  extend,
  handover,
  repair,
  worker,
  sandbox,
  setup,
  completion,
];
