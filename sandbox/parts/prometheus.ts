import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { debianPackage } from './debian';
import { findPart, type Part } from './find';
import { onFreePort } from './free-port';
import { startServer } from './server';

export const prometheus: Part = {
  title: 'Prometheus',
  variable: 'PROMETHEUS_PATH',
  executables: ['prometheus'],
  download: debianPackage('prometheus', 'Prometheus', 'usr/bin/prometheus'),
  install: 'apt-get install -y prometheus',
};

export interface PrometheusSettings {
  /** Where its configuration, rules, data and log are kept. */
  readonly dataDir: string;
  /** A rules file, as YAML or JSON text. */
  readonly rules: string;
  /** `host:port` of what it scrapes below `/metrics`, by job. */
  readonly scrapes?: Readonly<Record<string, string>>;
  /** `host:port` of the Alertmanager that hears of alerts. */
  readonly alertmanager?: string;
}

export interface Prometheus {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Replaces the rules; resolves when it has read them. */
  setRules(rules: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a Prometheus that scrapes and evaluates every second. @throws PartNotFound where it cannot be had */
export async function startPrometheus(settings: PrometheusSettings, executable?: string): Promise<Prometheus> {
  const program = executable ?? (await findPart(prometheus));
  const { dataDir, rules } = settings;
  await mkdir(dataDir, { recursive: true });
  const [configuration, rulesFile] = [join(dataDir, 'prometheus.yml'), join(dataDir, 'rules.yml')];
  await Promise.all([writeFile(rulesFile, rules), writeFile(configuration, configurationOf(settings, rulesFile))]);
  return onFreePort(async (port) => {
    const url = `http://127.0.0.1:${port}`;
    const server = await startServer({
      title: 'Prometheus',
      command: [
        program,
        ...[`--config.file=${configuration}`, `--storage.tsdb.path=${join(dataDir, 'data')}`, `--web.listen-address=127.0.0.1:${port}`],
        ...['--web.enable-lifecycle', '--log.level=warn'],
      ],
      logFile: join(dataDir, 'prometheus.log'),
      at: url,
      isServing: async () => (await fetch(`${url}/-/ready`)).ok,
    });
    return {
      url,
      async setRules(text) {
        await writeFile(rulesFile, text);
        const { status } = await fetch(`${url}/-/reload`, { method: 'POST' });
        if (status !== 200)
          throw new Error(`Prometheus did not take the rules: ${status}. Look at its log, ${join(dataDir, 'prometheus.log')}.`);
      },
      stop: () => server.stop(),
    };
  });
}

/** JSON is YAML. */
function configurationOf({ scrapes = {}, alertmanager }: PrometheusSettings, rules: string): string {
  return JSON.stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [rules],
    scrape_configs: Object.entries(scrapes).map(([job_name, target]) => ({ job_name, static_configs: [{ targets: [target] }] })),
    ...(alertmanager === undefined ? {} : { alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] } }),
  });
}
