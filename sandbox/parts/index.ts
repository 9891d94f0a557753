import { alertmanager } from './alertmanager';
import type { Part } from './find';
import { postgres } from './postgres';
import { prometheus } from './prometheus';
import { valkey } from './valkey';

/** Servers that stand beside the service, real in the tests where they can be had. */
export const parts = { postgres, valkey, prometheus, alertmanager } as const satisfies Readonly<Record<string, Part>>;
export type PartName = keyof typeof parts;
export const partNames = Object.keys(parts) as readonly PartName[];
