import type { Section } from '../step';
import { followUp } from './begin-follow-ups';

/** Runbook, what comes after: the release is looked after for a month. */
export const postDeployment: readonly Section[] = [followUp];
