import { describe, expect, test } from '@jest/globals';
import { changed, problemsOf } from './written';

describe('follow-ups in a spec', () => {
  test.each([
    [['followUps', 'phases', 1, 'until'], '12h', 'is 12h after 1d: each phase ends after the one before'],
    [['followUps', 'phases', 0, 'every'], '2d', 'is 2d: the phase lasts 1d, and is looked at at least once'],
    [['followUps', 'phases', 1, 'id'], 'hour', 'is "hour" like followUps.phases[0].id: each id is used once'],
    [
      ['followUps', 'phases', 0, 'every'],
      '30m',
      'make 58 looks: with these phases the follow-ups of one deployment are at most 36, for 450 events of history',
    ],
    [['followUps', 'window'], '1h', 'is 1h: the next look is due after 1h'],
    [['followUps', 'window'], '15s', 'is 15s: a look holds at least two samples of watching.every, 20s'],
    [['followUps', 'phases', 0, 'attestations', 0], 'day.alarts', 'is "day.alarts": attestations has no such id. Did you mean day.alerts?'],
  ] as const)('%p as %p is told', (path, value, problem) => {
    expect(problemsOf(changed(path, value)).join('\n')).toContain(problem);
  });
});

describe('the monitoring of a spec', () => {
  test('has the 19 signals of the runbook in its four groups', () => {
    expect(problemsOf(changed(['environment'], 'production'))).toEqual([]);
  });

  test.each([
    [['monitoring', 'signals', 0, 'watch'], 'errors', 'names watch and step: exactly one of watch, step, gauge, attestation is expected'],
    [['monitoring', 'signals', 0, 'step'], undefined, 'names nothing that it is known by'],
    [['monitoring', 'signals', 0, 'id'], 'other.completion', 'the groups are deployment, application, business, infrastructure'],
    [['monitoring', 'signals', 1, 'id'], 'deployment.completion', 'each id is used once'],
    [['monitoring', 'signals', 5, 'watch'], 'erors', 'signals has no such id. Did you mean errors?'],
    [['monitoring', 'signals', 18, 'attestation'], 'monitoring.dns', 'the closed list of attestations has no such id'],
  ] as const)('%p as %p is told', (path, value, problem) => {
    expect(problemsOf(changed(path, value)).join('\n')).toContain(problem);
  });
});
