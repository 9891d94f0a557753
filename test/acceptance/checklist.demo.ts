import { expect, test } from '@jest/globals';
import type { StandingKind } from '../../sandbox/faults';
import { checklistLineIds, codeLineNames, type ChecklistLineId, type CodeLineName } from '../../workflows/runbook/pre-deployment/ids';
import type { NoticeView } from '../../workflows/runbook/view';
import { describeWithParts } from '../support/parts';
import { onStage, stageSpec } from './stage';

/** What is made to go wrong at once, with the line that it fails and what is then said. */
const wrong: readonly (readonly [kind: StandingKind | CodeLineName, id: ChecklistLineId, said: RegExp])[] = [
  ['coverage', 'checklist.coverage', /^Coverage: [67]\d\.\d % of statements are covered, at least 80 % must be\. Test what is not covered/],
  ['alert-rule', 'checklist.alerts', /^the alert rule AnalyticsErrors of group analytics is not healthy \(err\): found duplicate series/],
  [
    'flag',
    'checklist.flags',
    /^flag ANALYTICS_ENABLE_ML_ANALYSIS is true in analytics-flags-\w+, which live pods read: its initial value is false/,
  ],
  ['certificate', 'checklist.certificates', /^the certificate of localhost:\d+ ends in 3 days \(.*\), at least 14 days are asked for/],
  ['backup', 'checklist.backup', /differs from the database as it was dumped: public\.sessions has 0 rows instead of 400 rows/],
];

const mailsOf = (notices: readonly NoticeView[]) => notices.flatMap(({ sinks }) => sinks.filter(({ name }) => name === 'mail'));

describeWithParts('a deployment before which five things are wrong and the mail server is down', ['postgres'], () => {
  test('asks once, with a sentence for each of the five, and tells why no mail was taken', async () => {
    const others = [...codeLineNames.filter((name) => name !== 'coverage'), 'migrations'].map((name) => `checklist.${name}`);
    const spec = stageSpec({
      off: Object.fromEntries(others.map((id) => [id, 'not part of this test'])),
      attention: { deadline: 300_000, undoDeadline: 2_000 },
    });
    await onStage({ spec, full: true }, async (stage) => {
      await stage.work();
      for (const [kind] of wrong) await stage.sandbox.setFault({ kind });
      const sinks = stage.sandbox.spec.sinks.map((sink) => (sink.kind === 'mail' ? { ...sink, port: 1 } : sink));
      const deployment = await stage.deploy({ spec: { ...stage.sandbox.spec, sinks } });
      const isTold = (notices: readonly NoticeView[]) => mailsOf(notices).some(({ result }) => result === 'undelivered');
      const { attention, notices = [] } = await deployment.until((view) => view.attention !== null && isTold(view.notices ?? []), 240_000);
      expect(attention?.lines?.map(({ id }) => id)).toEqual(checklistLineIds.filter((id) => wrong.some(([, failing]) => failing === id)));
      for (const [, id, said] of wrong) expect(attention?.lines?.find((line) => line.id === id)?.reason).toMatch(said);
      for (const { result, note } of mailsOf(notices).filter(({ result: of }) => of !== 'under way'))
        expect([result, note]).toEqual([
          'undelivered',
          expect.stringMatching(/^The mail server 127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\)\. Start it, or correct host and port/),
        ]);
    });
  });
});
