import { rm } from 'node:fs/promises';
import { takeKept } from './kept';

export default async function globalTeardown(): Promise<void> {
  const kept = takeKept();
  if (!kept) return;
  await kept.server.stop();
  await rm(kept.dataDir, { recursive: true, force: true });
}
