import * as grammar from './grammar';
import { amount, choice, duration, flag, list, map, section, text } from './scalars';
import { counter } from './schema-counter';

const gauge = section({
  value: counter.describe('What is read.'),
  among: counter.exactOptional().describe('What it is divided by, where it is a part of something.'),
  as: choice(['value', 'rate']).prefault('value').describe('"value": as it stands; "rate": its growth per second.'),
  combine: choice(['sum', 'highest', 'lowest']).prefault('sum').describe('What is made of several series; rates are summed.'),
  direction: choice(['below', 'above']).describe('On which side of the limit it must stay.'),
  limit: amount().describe('Its limit, in the unit of the metric.'),
  absence: choice(['inconclusive', 'fail'])
    .prefault('inconclusive')
    .describe('What it means that there is no series: nothing is known and people are asked, or it fails. Never a pass.'),
});

export const monitoring = section({
  signals: list(
    section({
      id: text(grammar.shortName).describe('Its group (deployment, application, business or infrastructure), a dot, its name.'),
      title: text(grammar.title).describe('Name on screens and in reports.'),
      watch: text(grammar.shortName).exactOptional().describe('Known by every watch: the id of one of the signals.'),
      step: text(grammar.shortName).exactOptional().describe('Known by a step or section of the plan that judges it, by id.'),
      gauge: gauge.exactOptional().describe('Known by a value on /metrics of production, judged after step 2.4.'),
      attestation: text(grammar.shortName).exactOptional().describe('Known by a person alone: an id of the closed list of attestations.'),
    }),
    'signals',
    { least: 1, most: 60 },
  ).describe('Each signal, with exactly one of watch, step, gauge and attestation.'),
});

export const followUps = section({
  window: duration({ least: 1 }).prefault('1m').describe('How long one look samples the signals; a duration.'),
  phases: list(
    section({
      id: text(grammar.shortName).describe('Short unique name.'),
      title: text(grammar.title).describe('Name on screens and in digests.'),
      every: duration({ least: 1 }).describe('Time between two looks; a duration.'),
      until: duration({ least: 1 }).describe('When it ends, counted from the beginning of the follow-ups; a duration.'),
      digest: duration({ least: 1 }).describe('Time between two digests; a duration. One goes out at the end of the phase in any case.'),
      attestations: list(text(grammar.shortName), 'attestations')
        .prefault([])
        .describe('What people are asked to attest from its beginning on, by id; owners and time stand below attestations.'),
    }),
    'phases',
    { least: 1, most: 6 },
  )
    .prefault([
      { id: 'hour', title: 'first day', every: '1h', until: '1d', digest: '1d' },
      { id: 'day', title: 'first week', every: '1d', until: '7d', digest: '1d' },
      { id: 'week', title: 'first month', every: '7d', until: '30d', digest: '7d' },
    ])
    .describe('How often the release is looked at, and for how long (runbook: 24 hours, the first week, the first month).'),
  onFailure: section({
    then: choice(['notice', 'rollback'])
      .prefault('notice')
      .describe('"notice": people are told; "rollback": after a second look a rung of the rollback ladder too.'),
    level: choice(['traffic', 'flags', 'system']).prefault('traffic').describe('The rung, where it is a rollback.'),
  })
    .prefault({})
    .describe('What a look does that finds the release beyond its limits.'),
  alerts: section({
    labels: map(grammar.labelName, text(grammar.labelMatch), 'label names to values').describe(
      "Labels that an alert must have to be this release's.",
    ),
  })
    .exactOptional()
    .describe("Alertmanager's push between two looks: an alert calls for a look at once. Without it no alert is taken."),
});

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
      alerts: flag().exactOptional().describe('True: alerting is asked again, as checklist.infrastructure.monitoring says.'),
      attestation: text(grammar.shortName).exactOptional().describe('A person says it: an id of the closed list of attestations.'),
    }),
    'criteria',
    { least: 1, most: 40 },
  ).describe('Each criterion: proved by steps and watches, by its duration, by alerting, or attested.'),
});
