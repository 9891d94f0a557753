/** Runbook, phase 1, step 4: the integration tests, and staging's answers with production's structure. */
import type { CommandReceipt, CommandRequest, StructureReceipt, StructureRequest } from '../contract';
import type { Check, Section } from '../step';

export const runIntegrationTests: Check<CommandRequest, CommandReceipt> = {
  kind: 'check',
  id: '1.4.tests',
  title: 'integration tests',
  does: 'runCommand',
  policy: 'execute',
  summary: ({ command }) => command.command.join(' '),
  takes: ({ command }) => command.timeout / 10,
  ifItFails: 'ask',
  receipt: ({ took }) => `passed in ${Math.round(took / 1000)} s`,
};

export const compareStructure: Check<StructureRequest, StructureReceipt> = {
  kind: 'check',
  id: '1.4.consistency',
  title: 'data consistency',
  does: 'compareStructure',
  policy: 'compare',
  summary: ({ consistency }) => `${consistency.requests.length} answers, staging against production`,
  takes: () => 2_000,
  ifItFails: 'ask',
  receipt: ({ compared, fields }) => `${compared} answers, ${fields} fields alike`,
};

export const integrationTests: Section = {
  id: '1.4',
  title: 'integration tests',
  phase: 'phase 1: staging',
  async run(runbook, { request: { spec }, release }) {
    const { integration, consistency, staging, production, tokens, tag } = spec;
    await runbook.together([
      ...(integration
        ? [
            () =>
              runbook.check(runIntegrationTests, {
                command: integration,
                version: release.version,
                stagingUrl: staging.url,
                commit: release.commit,
                remote: tag.remote,
              }),
          ]
        : []),
      ...(consistency
        ? [() => runbook.check(compareStructure, { stagingUrl: staging.url, productionUrl: production.url, consistency, tokens })]
        : []),
    ]);
  },
};
