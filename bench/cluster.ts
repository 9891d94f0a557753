import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKubernetes } from '../activities/ports/kubernetes/adapter';
import { patched } from './cluster-names';

export interface Cluster {
  /** One PATCH by the product's own Kubernetes client; ends with the answer. */
  patch(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the stand-in Kubernetes API beside us, and warms the client up. */
export async function startCluster(folder: string): Promise<Cluster> {
  const child = fork(join(__dirname, 'stand-in-child.js'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const [answer] = (await Promise.race([once(child, 'message'), ended.then(fails)])) as [{ readonly kubeconfig: string }];
  const file = join(folder, 'kubeconfig');
  await writeFile(file, answer.kubeconfig);
  const kubernetes = createKubernetes(file);
  const service = { cluster: 'current', kind: 'Service', namespace: patched.namespace, name: patched.service } as const;
  let turn = 0;
  const patch = () =>
    kubernetes.patch(service, [{ op: 'replace', path: '/spec/selector/color', value: turn++ % 2 === 0 ? 'green' : 'blue' }]);
  for (let warmUp = 0; warmUp < 20; warmUp++) await patch();
  return {
    patch,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

function fails(): never {
  throw new Error('The stand-in Kubernetes API did not start. Its message stands above.');
}
