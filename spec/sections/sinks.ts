import * as grammar from '../grammar';
import { choice, count, list, section, text, union } from '../scalars';
import { tokenName } from './token';

const sinkName = () => text(grammar.shortName).describe('Name in reports, and below announcements and contacts.');

export const sink = union('kind', [
  section({
    // The kind of a sink that names none: there was no other.
    kind: choice(['webhook'])
      .optional()
      .transform((kind) => kind ?? 'webhook')
      .describe('A JSON post; repeats have the same Idempotency-Key.'),
    name: sinkName(),
    url: text(grammar.httpUrl).describe('Where notices are posted.'),
    token: tokenName().exactOptional().describe('Name below tokens: sent as "Authorization: Bearer".'),
  }),
  section({
    kind: choice(['slack']).describe('A bot that posts into a channel, one thread per deployment; or an incoming webhook.'),
    name: sinkName(),
    channel: text(grammar.headerSafe).exactOptional().describe("The channel's id, such as C0123ABCD, for a bot."),
    token: tokenName().exactOptional().describe('Name below tokens of the bot token, whose app has the scope chat:write.'),
    hook: tokenName().exactOptional().describe("Name below tokens of an incoming webhook's address, instead of channel and token."),
    api: text(grammar.baseUrl).prefault('https://slack.com/api').describe("Base URL of Slack's Web API."),
  }),
  section({
    kind: choice(['mail']).describe('E-mail by SMTP.'),
    name: sinkName(),
    host: text(grammar.dnsSubdomain).describe('The mail server.'),
    port: count(1, 65_535, 'a port').prefault(587).describe('Its port.'),
    security: choice(['starttls', 'tls', 'none'])
      .prefault('starttls')
      .describe('"starttls": nothing is sent without it; "tls": from the first byte; "none": in the clear.'),
    user: text(grammar.headerSafe).exactOptional().describe('Who logs in; without it nobody does.'),
    token: tokenName().exactOptional().describe('Name below tokens of the password.'),
    from: text(grammar.email).describe('Address of the sender.'),
    to: list(text(grammar.email), 'addresses', { least: 1, most: 50 }).describe('Addresses of the recipients.'),
  }),
  section({
    kind: choice(['file']).describe("JSON lines in a file of the worker's machine."),
    name: sinkName(),
    path: text(grammar.relativeFile).describe('The file, below the folder that ANALYTICS_DEPLOY_NOTICES names for the worker.'),
  }),
]);
