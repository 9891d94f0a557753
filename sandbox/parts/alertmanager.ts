import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { debianPackage } from './debian';
import { findPart, type Part } from './find';
import { onFreePort } from './free-port';
import { startServer } from './server';

export const alertmanager: Part = {
  title: 'Alertmanager',
  variable: 'ALERTMANAGER_PATH',
  executables: ['prometheus-alertmanager', 'alertmanager'],
  download: debianPackage('prometheus-alertmanager', 'Alertmanager', 'usr/bin/prometheus-alertmanager', {
    looksBelow: '/usr/share/prometheus/alertmanager',
  }),
  install: 'apt-get install -y prometheus-alertmanager',
};

export interface AlertmanagerSettings {
  /** Where its configuration, data and log are kept. */
  readonly dataDir: string;
  /** Where it posts what it hears, with which token; without it nowhere. */
  readonly webhook?: { readonly url: string; readonly token: string };
}

export interface Alertmanager {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts an Alertmanager that tells of alerts at once and belongs to no cluster. @throws PartNotFound where it cannot be had */
export async function startAlertmanager({ dataDir, webhook }: AlertmanagerSettings, executable?: string): Promise<Alertmanager> {
  const program = executable ?? (await findPart(alertmanager));
  await mkdir(dataDir, { recursive: true });
  const configuration = join(dataDir, 'alertmanager.yml');
  const hooks = (webhook ? [webhook] : []).map(({ url, token }) => ({
    ...{ url, send_resolved: true, http_config: { authorization: { credentials: token } } },
  }));
  const receiver = { name: 'told', webhook_configs: hooks };
  // JSON is YAML.
  const route = { receiver: 'told', group_wait: '0s', group_interval: '1s', repeat_interval: '1h' };
  await writeFile(configuration, JSON.stringify({ route, receivers: [receiver] }));
  return onFreePort(async (port) => {
    const url = `http://127.0.0.1:${port}`;
    const server = await startServer({
      title: 'Alertmanager',
      command: [
        program,
        ...[`--config.file=${configuration}`, `--storage.path=${join(dataDir, 'data')}`, `--web.listen-address=127.0.0.1:${port}`],
        // Without it, it would listen for others of its kind on a fixed port.
        ...['--cluster.listen-address=', '--log.level=warn'],
      ],
      logFile: join(dataDir, 'alertmanager.log'),
      at: url,
      isServing: async () => (await fetch(`${url}/-/ready`)).ok,
    });
    return { url, port, stop: () => server.stop() };
  });
}
