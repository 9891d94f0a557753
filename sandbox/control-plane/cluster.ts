import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster';
import { readConnection } from '../cluster/connection';
import { writeKubeconfig } from '../kubernetes/kubeconfig';
import { findPrograms, type Tell } from './programs';
import { frontCluster } from './proxy';
import { startControlPlane } from './start';

/** Starts a real control plane with its data below `dir`, behind the proxy that counts its writes. Built first where it is not yet. */
export async function startRealCluster(dir: string, tell: Tell): Promise<Cluster> {
  const plane = await startControlPlane(await findPrograms(tell), join(dir, 'control-plane'));
  try {
    const { url, ca, token } = plane;
    const front = await frontCluster(readConnection(writeKubeconfig({ url, ca, token, contexts: ['sandbox'] })));
    return {
      ...front,
      stop: async () => {
        await front.stop();
        await plane.stop();
      },
    };
  } catch (error) {
    await plane.stop();
    throw error;
  }
}
