import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startAlertmanager } from '../../../sandbox/parts/alertmanager';
import { startPrometheus } from '../../../sandbox/parts/prometheus';
import { startValkey } from '../../../sandbox/parts/valkey';
import { isListening } from '../../../sandbox/temporal/serving';
import { describeWithParts } from '../../support/parts';
import { testFolder } from './folder';

const base = testFolder();
const dataDir = (): string => mkdtempSync(join(base, 'data-'));

/** What a server of Redis' protocol answers to some lines. */
function say(port: number, lines: string, until: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = connect({ host: '127.0.0.1', port }, () => void socket.write(lines));
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (!until.test(said)) return;
      socket.destroy();
      resolve(said);
    });
    socket.once('error', reject);
  });
}

describeWithParts('a Valkey of our own', ['valkey'], ({ valkey }) => {
  test('has the limits and the password that it was given, and is gone when it was stopped', async () => {
    const server = await startValkey({ dataDir: dataDir(), password: 'secret', maxmemory: '8mb', maxmemoryPolicy: 'allkeys-lru' }, valkey);
    try {
      expect(await say(server.port, 'PING\r\n', /\n/)).toContain('NOAUTH');
      const told = await say(server.port, 'AUTH secret\r\nINFO memory\r\n', /maxmemory_policy/);
      expect(told).toMatch(/maxmemory:8388608\r\n/);
      expect(told).toContain('maxmemory_policy:allkeys-lru');
    } finally {
      await server.stop();
    }
    expect(await isListening(`127.0.0.1:${server.port}`)).toBe(false);
  });

  test('that cannot start says why, with the end of its log', async () => {
    await expect(startValkey({ dataDir: dataDir(), maxmemoryPolicy: 'nonsense' }, valkey)).rejects.toThrow(
      /The Valkey server did not start: it ended with code 1\. Its log, .*ends with:\n.*/s,
    );
  });
});

describeWithParts('a Prometheus and an Alertmanager of our own', ['prometheus', 'alertmanager'], ({ prometheus, alertmanager }) => {
  test('are ready, take other rules, and are gone when they were stopped', async () => {
    const rulesOf = (name: string): string =>
      JSON.stringify({ groups: [{ name: 'demo', rules: [{ alert: name, expr: 'vector(1) > 2' }] }] });
    const told = await startAlertmanager({ dataDir: dataDir() }, alertmanager);
    const watching = await startPrometheus({ dataDir: dataDir(), rules: rulesOf('First'), alertmanager: told.url.slice(7) }, prometheus);
    try {
      const rules = async (): Promise<string> => (await fetch(`${watching.url}/api/v1/rules`)).text();
      expect(await rules()).toContain('"name":"First"');
      await watching.setRules(rulesOf('Second'));
      expect(await rules()).toContain('"name":"Second"');
      await expect(watching.setRules('groups: [')).rejects.toThrow('Prometheus did not take the rules: 500');
      expect((await fetch(`${told.url}/api/v2/alerts`)).status).toBe(200);
    } finally {
      await watching.stop();
      await told.stop();
    }
    expect(await isListening(watching.url.slice(7))).toBe(false);
    expect(await isListening(told.url.slice(7))).toBe(false);
  });
});
