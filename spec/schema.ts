import type { z } from 'zod';
import type { Spec } from '../workflows/runbook/spec';
import * as grammar from './grammar';
import { list, map, secret, section, text } from './scalars';
import { announcements } from './sections/announcements';
import { attention } from './sections/attention';
import { attestation } from './sections/attestations';
import { checklist } from './sections/checklist';
import { command } from './sections/command';
import { consistency } from './sections/consistency';
import { contacts } from './sections/contacts';
import { database } from './sections/database';
import { estimates } from './sections/estimates';
import { flags } from './sections/flags';
import { followUps } from './sections/follow-ups';
import { gate } from './sections/gates';
import { image } from './sections/image';
import { link } from './sections/links';
import { load } from './sections/load';
import { monitoring } from './sections/monitoring';
import { production } from './sections/production';
import { profiles } from './sections/profiles';
import { ramp } from './sections/ramp';
import { request } from './sections/request';
import { rollback } from './sections/rollback';
import { signal } from './sections/signals';
import { sink } from './sections/sinks';
import { staging } from './sections/staging';
import { success } from './sections/success';
import { tag } from './sections/tag';
import { verification } from './sections/verification';
import { watching } from './sections/watching';
import { windows } from './sections/windows';

/**
 * The spec as a file: every key with its meaning and unit, and the runbook's number where the runbook has one; a section stands in
 * `sections`. What must hold between keys is in `rules`. Durations are written `10m` and become milliseconds.
 */
export const specSchema = section({
  service: text(grammar.dnsLabel).describe('Name of the service; with the environment it names the deployment.'),
  environment: text(grammar.dnsLabel).describe('Name of the environment. One deployment runs per service and environment.'),
  tag: tag.describe("The release's git tag (step 1.1)."),
  image: image.describe('The image that is released, carried by digest from staging to production.'),
  staging: staging.describe('Phase 1: where staging is.'),
  production: production.describe('Phase 2: where production is.'),
  checklist: checklist
    .exactOptional()
    .describe('What is looked at before anything else happens, all of it side by side (pre-deployment checklist).'),
  smoke: list(request, 'requests').describe('Smoke tests against staging (step 1.2).'),
  load: load.exactOptional().describe('Load test against staging (step 1.3).'),
  integration: command.exactOptional().describe('Integration tests (step 1.4).'),
  consistency: consistency.exactOptional().describe("Whether staging's answers have production's structure (step 1.4)."),
  database: database.exactOptional().describe("The service's database, PostgreSQL: its backup and its migrations."),
  flags: flags.exactOptional().describe("Feature flags: a ConfigMap of the candidate's own (step 2.1)."),
  ramp: ramp.prefault({}).describe('Shares of traffic and how long each is watched (steps 2.2 and 2.3).'),
  watching: watching.describe('How a watch samples.'),
  signals: list(signal, 'signals', { least: 1, most: 20 }).describe('What every watch judges.'),
  verification: verification.describe('What is verified after the rollout (step 2.4).'),
  success: success.exactOptional().describe('What makes a deployment a success, judged before the soak (runbook: success criteria).'),
  monitoring: monitoring.exactOptional().describe('What is monitored, and what each signal is known by (runbook: four groups).'),
  roles: map(grammar.shortName, list(text(grammar.person), 'people'), 'roles to people').describe('Who holds which role.'),
  gates: section({
    production: gate.describe('Before production.'),
    contract: gate.exactOptional().describe('Before migrations that the code of before does not work with, or that cannot be taken back.'),
    emergency: gate.exactOptional().describe('Before production is written outside of the windows: start --emergency.'),
  }).describe('Where people decide.'),
  windows: windows.exactOptional().describe('When production may be written. All times are UTC.'),
  estimates: estimates.exactOptional().describe('How long deployments usually take, by kind.'),
  profiles: profiles
    .exactOptional()
    .describe('Shorter ways through the runbook, by name, for start --profile. The spec itself is the standard one.'),
  attestations: map(grammar.shortName, attestation, 'attestations to their owners')
    .exactOptional()
    .describe('What people attest because no machine can look: who answers for it, and until when.'),
  attention: attention.prefault({}).describe('Steps that need a decision.'),
  rollback: rollback.prefault({}).describe('How traffic returns, and the rungs of the rollback ladder.'),
  followUps: followUps.exactOptional().describe('How the release is looked after once it is live; without it, it is not.'),
  tokens: map(grammar.shortName, secret(), 'names to secret references')
    .prefault({})
    .describe('Secrets by the name that requests use: env:NAME or file:/path.'),
  sinks: list(sink, 'sinks', { most: 20 }).prefault([]).describe('Where notices go.'),
  links: list(link, 'links', { most: 20 })
    .exactOptional()
    .describe('Documents that people need at hand: shown in plan, report and printed runbook.'),
  announcements: announcements
    .exactOptional()
    .describe('Which messages go to which sinks, and what they tell their readers beside what was measured.'),
  contacts: contacts
    .exactOptional()
    .describe('Who is called, one after another, when a step needs attention, a watch fails, or putting back is stuck.'),
  off: map(grammar.shortName, text(grammar.reason), 'step ids to reasons')
    .prefault({})
    .describe('Steps that do not apply, by id, each with its reason.'),
});

/** What the schema makes of a file is exactly what the runbook reads: either direction fails to compile otherwise. */
type Same<A, B> = [A, B] extends [B, A] ? true : never;

true satisfies Same<z.output<typeof specSchema>, Spec>;

/** The spec as it is written in a file. */
export type WrittenSpec = z.input<typeof specSchema>;
