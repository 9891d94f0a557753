import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { source } from '../../../client/runbook/source';
import { extract } from './extract';

const file = resolve('..', 'shared', 'RUNBOOK.md');
const beside = existsSync(file);
const indexed = source.flatMap(({ heading, lines }) => lines.map(([kind, , , sha256]) => ({ heading, kind, sha256 })));

describe("the index of the source's lines", () => {
  test('names each line once per place, with a label of its own and a whole hash', () => {
    for (const { section, lines } of source) {
      expect(section).not.toBe('');
      for (const [, label, by, sha256] of lines) {
        expect(label).toMatch(/^\S.*\S$/);
        expect(by.length).toBeGreaterThan(0);
        expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      }
    }
    expect(new Set(source.map(({ section }) => section)).size).toBe(source.length);
    expect(indexed).toHaveLength(273);
  });

  (beside ? test : test.skip)(
    'has every line of the source, in its order, and no other' + (beside ? '' : ' (skipped: no RUNBOOK.md beside the checkout)'),
    () => {
      expect(indexed).toEqual(extract(readFileSync(file, 'utf8')));
    },
  );

  test.each([
    ['pods and what they use', ['signal:deployment.completion', 'signal:deployment.pods']],
    ['memory and processor', ['signal:deployment.pods', 'signal:application.resources']],
    ['the network', ['signal:application.latency', 'signal:infrastructure.network']],
  ])('%s: what is monitored of two things in one line is known by a signal for each', (label, known) => {
    const monitored = source.filter(({ section }) => section.startsWith('monitoring: ')).flatMap(({ lines }) => lines);
    expect(monitored.filter((line) => line[1] === label).map(([, , by]) => by)).toEqual([known]);
  });

  test('would miss a bullet, a command, a comment, a field or a heading that was added', () => {
    const text = ['# T', '## 1st', '- [ ] a', '```bash', '# why', 'do \\', '  it', '```', '```', 'Subject: x', '```', 'prose'].join('\n');
    expect(extract(text).map(({ kind }) => kind)).toEqual(['heading', 'bullet', 'comment', 'command', 'field']);
    expect(extract(text)[3]?.sha256).toBe(extract('```bash\ndo it\n```')[0]?.sha256);
  });
});
