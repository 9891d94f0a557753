import type { Section } from '../step';
import { monitoring } from './monitoring';
import { scaleDown } from './scale-down';
import { soak } from './soak';
import { migrations } from './step-2.0m-migrations';
import { featureFlags } from './step-2.1-feature-flags';
import { blueGreen } from './step-2.2-blue-green';
import { gradualRollout } from './step-2.3-gradual-rollout';
import { success } from './success';
import { verification } from './step-2.4-verification';

/** Runbook, phase 2, in its order: from the first write until the new version is verified. */
export const phase2: readonly Section[] = [migrations, featureFlags, blueGreen, gradualRollout, verification, monitoring, success];
/** What comes once it is live. */
export const afterwards: readonly Section[] = [soak, scaleDown];
export { lock } from './step-2.0-lock';
export { window } from './window';
export { goToProduction } from './gate-go-to-production';
