import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type StandIn, startStandIn } from '../../../sandbox/kubernetes';
import { type Api, connect } from './support/api';
import { runKubelet } from './support/fake-kubelet';
import { deployment, route, service } from './support/objects';

const isThere = spawnSync('kubectl', ['version', '--client']).status === 0;
const withKubectl = isThere ? describe : describe.skip;

let server: StandIn;
let api: Api;
let kubelet: { readonly stop: () => void };
let home: string;
let env: NodeJS.ProcessEnv;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
function kubectl(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile('kubectl', args, { env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out: out.trim(), err: err.trim() });
    });
  });
}
const write = async (name: string, content: unknown): Promise<string> => {
  const path = join(home, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

withKubectl(isThere ? 'kubectl' : 'kubectl (skipped: it is not on the PATH)', () => {
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'stand-in-'));
    server = await startStandIn({ namespaces: ['shop'] });
    api = connect(server);
    kubelet = runKubelet(server);
    env = { ...process.env, KUBECONFIG: await write('kubeconfig', server.kubeconfig('shop')), HOME: home };
    const list = { apiVersion: 'v1', kind: 'List', items: [service('analytics'), deployment('analytics'), route('analytics')] };
    const { code, err } = await kubectl('apply', '-f', await write('shop.json', list));
    expect([code, err]).toEqual([0, '']);
  });
  afterAll(async () => {
    kubelet.stop();
    api.close();
    await server.stop();
    await rm(home, { recursive: true });
  });

  test('takes the literal traffic patch of the runbook with a warning, and changes nothing', async () => {
    const ended = await kubectl('patch', 'service', 'analytics', '-p', '{"spec":{"traffic":{"blue":20,"green":80}}}');
    expect(ended).toEqual({ code: 0, out: 'service/analytics patched (no change)', err: 'Warning: unknown field "spec.traffic"' });
  });

  test('is refused an unknown field under strict validation', async () => {
    const body = { ...service('strict'), spec: { ...service('strict').spec, traffic: {} } };
    const { code, err } = await kubectl('create', '--validate=strict', '-f', await write('strict.json', body));
    expect([code, err]).toEqual([1, expect.stringMatching(/BadRequest.*strict decoding error: unknown field "spec.traffic"/s) as unknown]);
  });

  test('waits for a rollout and undoes it', async () => {
    expect((await kubectl('rollout', 'status', 'deployment/analytics', '--timeout=10s')).out).toContain('successfully rolled out');
    expect((await kubectl('set', 'image', 'deployment/analytics', 'app=registry/analytics:2')).out).toBe(
      'deployment.apps/analytics image updated',
    );
    expect((await kubectl('rollout', 'status', 'deployment/analytics', '--timeout=10s')).code).toBe(0);
    expect((await kubectl('rollout', 'undo', 'deployment/analytics')).out).toBe('deployment.apps/analytics rolled back');
    expect((await kubectl('rollout', 'status', 'deployment/analytics', '--timeout=10s')).code).toBe(0);
    expect((await kubectl('rollout', 'history', 'deployment/analytics')).out).toMatch(/^2 +<none>\n3 +<none>/m);
    const image = await kubectl('get', 'deployment', 'analytics', '-o', 'jsonpath={.spec.template.spec.containers[0].image}');
    expect(image.out).toBe('registry/analytics:1');
  });

  test('shows columns', async () => {
    const { out } = await kubectl('get', 'deployments,services');
    expect(out).toMatch(/NAME +READY +UP-TO-DATE +AVAILABLE +AGE\ndeployment.apps\/analytics +3\/3 +3 +3/);
    expect(out).toMatch(
      /NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE\nservice\/analytics +ClusterIP +10\.96\.\d+\.\d+ +<none> +80\/TCP/,
    );
  });

  test('follows changes with -w', async () => {
    const watching = spawn('kubectl', ['get', 'configmaps', '-w', '--no-headers'], { env });
    let errors = '';
    watching.stderr.setEncoding('utf8').on('data', (part: string) => (errors += part));
    const line = new Promise<string>((resolve) => {
      createInterface({ input: watching.stdout }).once('line', resolve);
      // Where it ends early, what it says is the answer.
      watching.once('close', () => {
        resolve(errors);
      });
    });
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'seen' }, data: { a: '1' } };
    expect(await kubectl('apply', '-f', await write('map.json', map))).toEqual({ code: 0, out: 'configmap/seen created', err: '' });
    expect(await line).toMatch(/^seen +1 +\d+s/);
    const ended = new Promise((resolve) => watching.once('close', resolve));
    watching.kill();
    await ended;
  });

  test('patches in all three ways', async () => {
    const json =
      '[{"op":"test","path":"/spec/rules/0/backendRefs/1/name","value":"blue"},{"op":"add","path":"/spec/rules/0/backendRefs/1/weight","value":20}]';
    expect((await kubectl('patch', 'httproute', 'analytics', '--type=json', '-p', json)).out).toMatch(/patched$/);
    expect((await kubectl('patch', 'service', 'analytics', '-p', '{"spec":{"selector":{"colour":"blue"}}}')).out).toMatch(/patched$/);
    expect((await kubectl('patch', 'service', 'analytics', '--type=merge', '-p', '{"metadata":{"labels":{"a":"b"}}}')).out).toMatch(
      /patched$/,
    );
    expect((await kubectl('patch', 'httproute', 'analytics', '-p', '{}')).code).toBe(1);
  });

  test('scales, annotates, edits, restarts, applies again and deletes', async () => {
    env = { ...env, KUBE_EDITOR: 'sed -i s/colour:.*/colour:\\ red/' };
    expect((await kubectl('scale', 'deployment/analytics', '--replicas=1')).out).toBe('deployment.apps/analytics scaled');
    expect((await kubectl('annotate', 'deployment', 'analytics', 'note=x')).out).toBe('deployment.apps/analytics annotated');
    expect((await kubectl('edit', 'service', 'analytics')).out).toBe('service/analytics edited');
    expect((await kubectl('rollout', 'restart', 'deployment/analytics')).code).toBe(0);
    expect((await kubectl('rollout', 'status', 'deployment/analytics', '--timeout=10s')).code).toBe(0);
    expect((await kubectl('apply', '-f', join(home, 'shop.json'))).out).toContain('deployment.apps/analytics configured');
    expect((await kubectl('delete', 'deployment', 'analytics', '--timeout=10s')).out).toBe('deployment.apps "analytics" deleted');
    expect((await kubectl('wait', '--for=delete', 'pod', '-l', 'app=analytics', '--timeout=10s')).code).toBe(0);
  });
});
