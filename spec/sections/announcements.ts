import * as grammar from '../grammar';
import { list, section, text } from '../scalars';

const sinkNames = () => list(text(grammar.shortName), 'names of sinks', { most: 20 }).exactOptional();

export const announcements = section({
  prefix: text(grammar.lineOfText).prefault('').describe('Begins every subject, such as "[analytics] ".'),
  sinks: section({
    announcement: sinkNames().describe('Sinks of the announcement that a deployment begins, and when; all where it is absent.'),
    status: sinkNames().describe('Sinks of the status after each phase.'),
    issue: sinkNames().describe('Sinks of the message that a watch has failed, or a step needs attention.'),
    rollback: sinkNames().describe('Sinks of the message that everything was put back, or could not be.'),
    success: sinkNames().describe('Sinks of the message that the new version is live and verified.'),
    gate: sinkNames().describe('Sinks of what waits for approval.'),
    attestation: sinkNames().describe('Sinks of what people are asked to attest.'),
    escalation: sinkNames().describe('Sinks of calls for contacts that name none of their own.'),
    digest: sinkNames().describe('Sinks of what is summed up after the deployment.'),
  })
    .prefault({})
    .describe('Names below sinks by kind of message: a kind that is absent goes to all, one with an empty list to none.'),
  impact: text(grammar.reason)
    .prefault('minimal: traffic moves to the new version step by step')
    .describe('What readers will notice of the deployment; one line.'),
  expect: list(text(grammar.reason), 'lines', { most: 20 }).prefault([]).describe('What is new for readers, a line each.'),
  reportTo: text(grammar.reason).prefault('the people who sent this').describe('Where readers report what goes wrong; one line.'),
  signature: text(grammar.reason).prefault('the deployment team').describe('Who writes; one line.'),
});
