import { describe, expect, test } from '@jest/globals';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { quietRuntime } from '../support/runtime';

const folder = join(__dirname, '..', 'histories');
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
const workflowBundle = { codePath: join(__dirname, '../../dist/workflow-bundle.js') };
type Json = { readonly events: readonly Readonly<Record<string, unknown>>[] };
const read = (name: string): Json => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Json;

describe('deployments that were recorded on a real server', () => {
  quietRuntime();

  test('happy, aborted, failed and crashed ones are there', () => {
    expect(names).toEqual(expect.arrayContaining(['happy.json', 'aborted.json', 'failed.json', 'crashed.json']));
  });

  test.each(names)('%s replays with the workflows of today', async (name) => {
    await Worker.runReplayHistory({ workflowBundle }, historyFromJSON(read(name)));
  });

  test('one whose step was another one does not replay: the check can fail', async () => {
    const text = readFileSync(join(folder, 'happy.json'), 'utf8').replace('"2.2.candidate"', '"2.2.other"');
    await expect(Worker.runReplayHistory({ workflowBundle }, historyFromJSON(JSON.parse(text)))).rejects.toThrow(
      /2\.2\.other|[Nn]ondeterminis/,
    );
  });
});
