import { sleep } from '@temporalio/workflow';

/** A deployment of another build: its first command is one that ours never gives. */
export async function analyticsDeployment(): Promise<void> {
  await sleep('1 hour');
}
