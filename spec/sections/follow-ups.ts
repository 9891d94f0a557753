import * as grammar from '../grammar';
import { choice, duration, list, map, section, text } from '../scalars';

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
