/** Runbook, phase 1, step 2: the four requests, with user and admin token. */
import { sendAll } from '../requests';
import type { Section } from '../step';

export const smokeTests: Section = {
  id: '1.2',
  title: 'smoke tests',
  phase: 'phase 1: staging',
  run: (runbook, { request: { spec } }) => sendAll(runbook, '1.2', spec.staging.url, spec.smoke, spec.tokens, 'ask'),
};
