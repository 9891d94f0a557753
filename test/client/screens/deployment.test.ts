import { describe, expect, test } from '@jest/globals';
import { deploymentLines, type DeploymentScreen } from '../../../client/screens/deployment';
import { columns, type Look } from '../../../client/screens/look';
import type { DeploymentView } from '../../../workflows/runbook/view';
import { ascii, asked, began, deploymentId, failedLines, minute, openGate, ramping, tallyOf, wide } from '../fixtures';

const now = began + 34 * minute + 11_000;

function show(view: DeploymentView, more: Partial<DeploymentScreen> = {}, look: Look = wide): readonly string[] {
  return deploymentLines(look, { view, watched: null, trouble: [], link: null, keys: [], now, ...more });
}

const signals = [
  {
    id: 'errors',
    title: 'errors',
    part: { metric: 'a', labels: {} },
    among: { metric: 'a', labels: {} },
    direction: 'below',
    limit: 0.05,
    minimum: 100,
    absence: 'zero',
  },
] as const;
const watched = { tally: tallyOf(), trend: { errors: [0.004, 0.02, 0.004] }, signals };

describe('the live screen', () => {
  test('says where the deployment is, how long it has gone and when it ends', () => {
    const text = show(ramping()).join('\n');
    expect(text).toMatch(/analytics v1\.0\.0 → production\s+2\.3 gradual rollout/);
    expect(text).toContain('34:11 gone, ends ≈ 02:51 UTC');
  });

  test('shows the split that is set beside the split that is served', () => {
    const lines = show(ramping(), { watched }).join('\n');
    expect(lines).toContain('blue v1.0.0 ██████████░░░░░░░░░░ green');
    expect(lines).toContain('50 % set · 49.6 % of 12,041 requests served');
  });

  test('opens the running section: done steps with their time, the watch with its window, later ones below', () => {
    const lines = show(ramping(), { watched });
    expect(lines.find((line) => line.includes('watch at 20 %'))).toMatch(/✔ watch at 20 % +10:00/);
    expect(lines.find((line) => line.includes('watch at 50 %'))).toMatch(/◐ watch at 50 % +4:11 of 10:00/);
    expect(lines.find((line) => line.includes('watch at 80 %'))).toMatch(/· watch at 80 %/);
  });

  test('shows each signal against its limit, with its latest course', () => {
    const lines = show(ramping(), { watched });
    expect(lines.find((line) => line.includes('errors 0.4 %'))).toMatch(/errors 0\.4 % < 5\.0 % +▁▂▁$/);
  });

  test('says what happens if it is stopped now', () => {
    expect(show(ramping()).join(' ').replaceAll(/\s+/g, ' ')).toContain(
      'If stopped now: traffic back to green, analytics-blue: image, replicas and flags as before, analytics-flags-1a2b deleted',
    );
  });

  test('before any change there is nothing to put back', () => {
    expect(show(ramping({ ifStoppedNow: [] }))).toContain('If stopped now: nothing to put back');
  });

  test('a gate shows what is approved, who has, who may, when it expires, and a line to paste', () => {
    const text = show(ramping({ gate: openGate(), state: 'waiting for approval' })).join('\n');
    expect(text).toContain('Waiting for approval: go to production (1 of 2)');
    expect(text).toContain('bo at 02:05 UTC "looks good"');
    expect(text).toMatch(/may approve +eva \(lead\), cy \(ops\)/);
    expect(text).toMatch(/expires +04:00 UTC, in 86 min: then rollback/);
    expect(text.replaceAll(/ \\\n +/g, ' ')).toContain(`analytics-deploy approve ${deploymentId} --gate production --digest 3f9a1c0d2b4e`);
    expect(text).toContain('as stated by the client');
  });

  test('a gate that opened again shows what has changed since', () => {
    const text = show(ramping({ gate: openGate({ changed: ['live replicas: 3 → 5'] }) })).join('\n');
    expect(text).toMatch(/CHANGED since +live replicas: 3 → 5/);
  });

  test('a step in need shows its reason, its deadline and every way out', () => {
    const text = show(
      ramping({
        state: 'needs attention',
        attention: {
          step: '1.3.load',
          title: 'load on staging',
          reason: 'p95 612 ms of 48,210 requests, must stay below 500 ms.',
          since: now,
          deadline: now + 30 * minute,
          onDeadline: 'rollback',
          choices: ['retry', 'skip', 'rollback'],
        },
      }),
    ).join('\n');
    expect(text).toContain('Needs attention: load on staging (1.3.load)');
    expect(text).toContain('rollback at 03:04 UTC, in 30 min');
    expect(text.replaceAll(/ \\\n +/g, ' ')).toContain(`analytics-deploy retry ${deploymentId} --step 1.3.load`);
    expect(text.replaceAll(/ \\\n +/g, ' ')).toContain(`analytics-deploy skip ${deploymentId} --step 1.3.load --comment "why"`);
    expect(text).toContain(`analytics-deploy rollback ${deploymentId}`);
  });

  test('a checklist in need shows each line that failed with its own sentence, what is waived, and a line to paste', () => {
    const attention = failedLines('checklist.coverage', 'checklist.lint', 'checklist.flags');
    const [coverage, ...others] = attention.lines ?? [];
    const waived = { ...coverage, waived: 'checklist.coverage waived by eva until 2026-12-31 24:00 UTC: ticket 7' } as const;
    const text = show(ramping({ state: 'needs attention', attention: { ...attention, lines: [waived, ...others] as never } })).join('\n');
    expect(text).toContain('Needs attention: checklist');
    expect(text).toContain('↷ checklist.coverage waived by eva');
    expect(text).toContain('✘ checklist.lint: checklist.lint says no.');
    expect(text).toContain('✘ checklist.flags: checklist.flags says no.');
    expect(text.replaceAll(/ \\\n +/g, ' ')).toContain(
      `analytics-deploy waive ${deploymentId} --item checklist.lint --comment "why" --until YYYY-MM-DD`,
    );
  });

  test('what people are asked to attest shows who, until when, what happens then, and a line to paste; what is attested is gone', () => {
    const attestations = [asked('team.operations', { state: 'attested', by: 'bo' }), asked('team.channels')];
    const text = show(ramping({ state: 'waiting for attestations', attestations })).join('\n');
    expect(text).toContain('To be attested, 1 of 2:');
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'people can reach each other: bo or cy (ops), until 03:00 UTC, in 26 min, then rollback',
    );
    expect(text.replaceAll(/ \\\n +/g, ' ')).toContain(`analytics-deploy attest ${deploymentId} --item team.channels`);
    expect(text).not.toContain('--item team.operations');
  });

  test('while it unwinds, each undo shows how far it is', () => {
    const text = show(
      ramping({
        state: 'unwinding',
        undos: [
          { subject: 'a/httproute/b', title: 'traffic back to green', state: 'done', note: '', byHand: '' },
          { subject: 'a/deployment/b', title: 'analytics-blue as before', state: 'left', note: 'forbidden', byHand: 'kubectl …' },
        ],
      }),
    ).join('\n');
    expect(text).toContain('✔ traffic back to green');
    expect(text).toContain('✘ analytics-blue as before: forbidden');
    expect(text).not.toContain('If stopped now');
  });

  test('a pause, a refusal and trouble are said in words', () => {
    const text = show(ramping({ paused: { by: 'bo', since: now - 5000 }, refusals: ['Not approved: late'] }), {
      trouble: ['No worker is polling "q"'],
    }).join('\n');
    expect(text).toContain('Paused by bo for 0:05: traffic stays where it is');
    expect(text).toContain('refused: Not approved: late');
    expect(text).toContain('⚠ No worker is polling "q"');
  });

  test('a pause says until when it may last, and what comes then', () => {
    const text = show(ramping({ paused: { by: 'bo', since: now - 5000, until: now + 24 * 3_600_000 } })).join('\n');
    const end = new Date(now + 24 * 3_600_000).toISOString();
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      `Unless it is resumed by ${end.slice(0, 10)} ${end.slice(11, 16)} UTC everything is put back.`,
    );
  });

  test('what was skipped is shown to those who approve', () => {
    const text = show(ramping({ gate: openGate(), waivers: ['1.4.tests skipped by bo: known failure'] })).join('\n');
    expect(text).toMatch(/SKIPPED +1\.4\.tests skipped by bo: known failure/);
  });

  test('fits a terminal of 24 lines: the head and the question stay', () => {
    const gate = openGate();
    const lines = show(ramping({ gate, state: 'waiting for approval' }), { height: 23, keys: [{ key: 'y', label: 'approve as eva' }] });
    expect(lines.length).toBeLessThanOrEqual(23);
    const text = lines.join('\n');
    expect(lines[0]).toContain('analytics v1.0.0 → production');
    expect(text).toContain('green analytics@sha256:0123abcd');
    expect(text).toContain('Waiting for approval: go to production (1 of 2)');
    expect(text).toContain(gate.shows[0]?.split(' ')[0]);
    expect(text).toContain('✔ 3 done');
    expect(lines.at(-1)).toBe('y approve as eva');
    const tiny = show(ramping({ gate }), { height: 10, keys: [{ key: 'y', label: 'approve as eva' }] });
    expect(tiny.length).toBe(10);
    expect([tiny[0], tiny.at(-1)]).toEqual([lines[0], 'y approve as eva']);
  });

  test('fits 80 columns, image digests aside', () => {
    const busy = ramping({ gate: openGate(), paused: { by: 'bo', since: now }, ifStoppedNow: Array(12).fill('one undo with a long name') });
    const lines = show(busy, {
      watched,
      keys: [
        { key: 'a', label: 'abort' },
        { key: 'p', label: 'pause' },
        { key: 'e', label: 'extend by 30 min' },
        { key: 'y', label: 'attest window.oncall as bo' },
        { key: 'q', label: 'leave it running' },
      ],
    });
    expect(lines.filter((line) => columns(line) > 80 && !line.includes('sha256:'))).toEqual([]);
    expect(lines.at(-1)).toBe('q leave it running');
  });

  test('an ASCII terminal gets ASCII only', () => {
    const text = show(ramping({ gate: openGate() }), { watched }, ascii).join('\n');
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    expect(text).toContain('##########----------');
  });
});
