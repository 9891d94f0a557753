/** The stand-in Kubernetes API in a process of its own, so that it does not share the observer's event loop. */
import { type CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { startStandIn } from '../sandbox/kubernetes';
import { patched } from './cluster-names';

async function serve(): Promise<void> {
  const standIn = await startStandIn({ namespaces: [patched.namespace] });
  const kubeconfig = standIn.kubeconfig();
  await createService(kubeconfig);
  process.once('disconnect', () => process.exit());
  process.send?.({ kubeconfig });
}

async function createService(kubeconfig: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const { CoreV1Api: Core } = await import('@kubernetes/client-node');
  const core: CoreV1Api = config.makeApiClient(Core);
  const { namespace, service: name } = patched;
  const spec = { selector: { color: 'blue' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] };
  await core.createNamespacedService({ namespace, body: { metadata: { name, namespace }, spec } });
}

void serve();
