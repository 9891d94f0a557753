import * as grammar from '../grammar';
import { duration, list, section, text } from '../scalars';

const contact = (after: string) =>
  section({
    name: text(grammar.title).describe('Who it is, for people.'),
    handle: text(grammar.headerSafe).describe('How the sinks know them: @name, a group such as <!subteam^S0123>, or an address.'),
    sinks: list(text(grammar.shortName), 'names of sinks', { least: 1, most: 20 })
      .exactOptional()
      .describe('Names below sinks that reach them; those of announcements.sinks.escalation where it is absent.'),
    after: duration()
      .prefault(after)
      .describe('How long after the beginning they are called, unless somebody has acknowledged; a duration.'),
  }).exactOptional();

export const contacts = section({
  primary: contact('0s').describe('On call, first.'),
  secondary: contact('5m').describe('On call, second.'),
  infrastructure: contact('10m').describe('The people of the platform.'),
  security: contact('15m').describe('The people of security.'),
  management: contact('20m').describe('Who decides above them.'),
});
