import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startAlertmanager } from '../parts/alertmanager';
import { startPrometheus } from '../parts/prometheus';
import { Started } from '../world/stack';
import type { Watching, WatchingSettings } from './prometheus';

const every = 100;
/** It takes five seconds until Prometheus knows its Alertmanager. */
const patience = 30_000;
/** Two series for one: Prometheus refuses to match them when it evaluates the rule. */
const ambiguous = 'vector(1) * on() (label_replace(vector(1), "a", "x", "", "") or label_replace(vector(1), "a", "y", "", ""))';
const never = 'vector(0) > 1';

/** The same by real servers. @param executables of Prometheus and Alertmanager */
export async function startRealWatching(
  { rules, alert }: WatchingSettings,
  dir: string,
  executables: { readonly prometheus: string; readonly alertmanager: string },
): Promise<Watching> {
  const started = new Started();
  try {
    const alertmanager = started.keep(await startAlertmanager({ dataDir: join(dir, 'alertmanager') }, executables.alertmanager), (it) =>
      it.stop(),
    );
    const rulesOf = (isBroken: boolean): string =>
      JSON.stringify({
        groups: [
          { name: 'analytics', rules: rules.map((name, place) => ({ alert: name, expr: isBroken && place === 0 ? ambiguous : never })) },
        ],
      });
    const settings = { dataDir: join(dir, 'prometheus'), rules: rulesOf(false), alertmanager: `127.0.0.1:${alertmanager.port}` };
    const prometheus = started.keep(await startPrometheus(settings, executables.prometheus), (it) => it.stop());
    const text = async (path: string): Promise<string> => (await fetch(`${prometheus.url}${path}`)).text();
    const isEvaluated = async (): Promise<boolean> => !(await text('/api/v1/rules')).includes('"health":"unknown"');
    const isTelling = async (): Promise<boolean> => !(await text('/api/v1/alertmanagers')).includes('"activeAlertmanagers":[]');
    const untilWell = (): Promise<void> => until(async () => (await isEvaluated()) && (await isTelling()));
    await untilWell();
    let wasBroken = false;
    return {
      prometheus: prometheus.url,
      alertmanager: alertmanager.url,
      async follow(broken) {
        const isBroken = broken.has('alert-rule');
        if (isBroken !== wasBroken) {
          await prometheus.setRules(rulesOf(isBroken));
          // Whoever reads its rules anew forgets its Alertmanager for a while.
          await untilWell();
          wasBroken = isBroken;
        }
        const endsAt = new Date(Date.now() + (broken.has('alert') ? 24 * 3_600_000 : 0)).toISOString();
        await fetch(`${alertmanager.url}/api/v2/alerts`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify([{ labels: alert, annotations: { summary: 'made to fire by the sandbox' }, endsAt }]),
        });
      },
      stop: () => started.stopAll(),
    };
  } catch (error) {
    await started.stopAll();
    throw error;
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('Prometheus knows no Alertmanager, or evaluates no rules. Look at its log.');
    await delay(every);
  }
}
