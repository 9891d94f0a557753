export { type StandIn, type StandInOptions, startStandIn } from './stand-in';
export type { LedgerEntry } from './ledger';
export { controllerManager, keyAnnotation } from './ledger';
export type { Effect, Fault, FaultHandle, FaultMatch, Faults } from './faults';
export type { Access } from './resources/resource';
