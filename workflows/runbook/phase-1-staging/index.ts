import type { Section } from '../step';
import { stagingDeploy } from './step-1.1-staging-deploy';
import { smokeTests } from './step-1.2-smoke-tests';
import { loadTest } from './step-1.3-load-test';
import { integrationTests } from './step-1.4-integration-tests';

/** Runbook, phase 1, in its order. */
export const phase1: readonly Section[] = [stagingDeploy, smokeTests, loadTest, integrationTests];
