import * as grammar from '../grammar';
import { amount, duration, list, section, text } from '../scalars';

export const success = section({
  criteria: list(
    section({
      id: text(grammar.shortName).describe('Short unique name; begins with success.'),
      title: text(grammar.title).describe('Name on screens and in reports.'),
      steps: list(text(grammar.shortName), 'steps')
        .exactOptional()
        .describe('Steps, sections or attestations, by id, that must be done, with nothing skipped.'),
      watches: list(text(grammar.shortName), 'signals')
        .exactOptional()
        .describe('Signals, by id, that every watch must have found within their limits.'),
      duration: section({
        times: amount().prefault(1.5).describe('How many times their plan work and watches may take; waits for people do not count.'),
        grace: duration().prefault('5m').describe('And so much more; a duration.'),
      })
        .exactOptional()
        .describe('The deployment took no longer than this.'),
      alerts: list(text(grammar.alertMatcher), 'matchers', { least: 1 })
        .exactOptional()
        .describe(
          'The Alertmanager of checklist.infrastructure.monitoring is asked: no alert that matches all of these may be active and unsilenced.',
        ),
      attestation: text(grammar.shortName).exactOptional().describe('A person says it: an id of the closed list of attestations.'),
    }),
    'criteria',
    { least: 1, most: 40 },
  ).describe('Each criterion: proved by steps and watches, by its duration, by alerting, or attested.'),
});
