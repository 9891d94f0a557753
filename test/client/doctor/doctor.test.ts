import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Kubernetes } from '../../../activities/ports/kubernetes';
import { checkKubernetes } from '../../../client/doctor/kubernetes';
import { checkNode } from '../../../client/doctor/node';
import { checkTools } from '../../../client/doctor/surroundings';
import { checkTemporal } from '../../../client/doctor/temporal';
import { failure } from '../../../client/problems';
import { loadSpec } from '../../../spec';
import { defaultTaskQueues } from '../../../workflows/messages';
import { fakeEngine, worldOf } from '../fake-engine';

const read = loadSpec(resolve('spec/analytics.yaml'));
if (!read.ok) throw new Error('the default spec is not valid');
const { spec } = read;

/** A cluster in which some objects are missing and some verbs are not allowed. */
function cluster(absent: readonly string[], refused: readonly string[]): Kubernetes {
  const port: Pick<Kubernetes, 'read' | 'mayI'> = {
    read: async ({ name }) => (absent.includes(name) ? null : ({} as never)),
    mayI: async (_, { verb, resource }) => !refused.includes(`${verb} ${resource}`),
  };
  return port as Kubernetes;
}

describe('doctor', () => {
  test('an old Node is missing, the tried one is fine', async () => {
    expect((await checkNode('20.20.0'))[0]).toMatchObject({ kind: 'missing' });
    expect((await checkNode('24.1.0'))[0]).toMatchObject({ kind: 'ok' });
  });

  test('a Temporal that cannot be reached is one finding with its remedy', async () => {
    const findings = await checkTemporal(() => Promise.reject(failure('Cannot reach Temporal at x.')), defaultTaskQueues);
    expect(findings).toEqual([expect.objectContaining({ kind: 'missing', found: 'Cannot reach Temporal at x.' })]);
  });

  test('search attributes and workers that are missing come with the commands that mend it', async () => {
    const findings = await checkTemporal(async () => fakeEngine(worldOf({ attributes: [], pollers: [] })), defaultTaskQueues);
    const remedies = findings.map(({ remedy }) => remedy).join('\n');
    expect(remedies).toContain('temporal operator search-attribute create --name DeployId --type Keyword');
    expect(remedies).toContain('analytics-deploy worker --role control');
    expect(remedies).toContain('analytics-deploy worker --role exec');
  });

  test('a namespace that forgets a release before the runbook does is named, with the command that mends it', async () => {
    const day = 24 * 3_600_000;
    const told = async (retention: number | null) =>
      (await checkTemporal(async () => fakeEngine(worldOf({ retention })), defaultTaskQueues)).filter(({ about }) => about === 'retention');
    expect(await told(3 * day)).toEqual([
      {
        kind: 'note',
        about: 'retention',
        found: 'ended runs are kept 3 days: after it "rollback --level" needs the file that the worker has kept',
        remedy: 'temporal operator namespace update --retention 30d --namespace default',
      },
    ]);
    for (const enough of [30 * day, null]) expect(await told(enough)).toEqual([]);
  });

  test('a complete cluster has every object and every right', async () => {
    expect((await checkKubernetes(cluster([], []), spec)).filter(({ kind }) => kind !== 'ok')).toEqual([]);
  });

  test("with the worker's own rights nothing is missing: what no step reads may be hidden", async () => {
    const hidden = new Set(Object.values(spec.production.colours).map(({ service }) => service));
    const port = cluster([], []);
    const read: Kubernetes['read'] = async (reference) => {
      if (reference.kind === 'Service' && hidden.has(reference.name)) throw Object.assign(new Error('no'), { type: 'Forbidden' });
      return port.read(reference);
    };
    expect((await checkKubernetes({ ...port, read }, spec)).filter(({ kind }) => kind !== 'ok')).toEqual([]);
  });

  test('a missing object and a missing right are named', async () => {
    const wrong = (await checkKubernetes(cluster(['analytics-blue'], ['patch httproutes']), spec)).filter(({ kind }) => kind === 'missing');
    expect(wrong.map(({ about, found }) => `${about}: ${found}`)).toEqual([
      'Deployment analytics/analytics-blue: not there',
      'Service analytics/analytics-blue: not there',
      'rights in analytics: not allowed: patch httproutes',
    ]);
  });

  test("the program of the spec's command is looked for on PATH", async () => {
    expect(await checkTools(spec, '/nowhere')).toEqual([expect.objectContaining({ kind: 'missing', about: 'command npm' })]);
    expect(await checkTools({ ...spec, off: { '1.4': 'no tests' } }, '/nowhere')).toEqual([]);
  });
});
