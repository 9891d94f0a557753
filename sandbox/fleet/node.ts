import { type ClusterClient, hasStatus } from '../cluster/client';
import { listPath, objectPath } from '../cluster/paths';

/** The one node that all pods of the sandbox run on. */
export const NODE = 'sandbox-node';
export const NODE_ADDRESS = '10.0.0.2';

/** Creates the Node object and reports it ready, as a kubelet does at its start. */
export async function joinCluster(client: ClusterClient): Promise<void> {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE, labels: { 'kubernetes.io/hostname': NODE } } };
  try {
    await client.call(listPath('nodes'), { method: 'POST', body: node });
  } catch (error) {
    if (!hasStatus(error, 409)) throw error;
  }
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  await client.call(`${objectPath('nodes', NODE)}/status`, {
    method: 'PATCH',
    body: {
      status: {
        addresses: [{ type: 'InternalIP', address: NODE_ADDRESS }],
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: now, lastTransitionTime: now }],
      },
    },
  });
}
