import type { MonitoringReceipt, MonitoringRequest } from '../../workflows/runbook/contract';
import type { Attempt } from '../activity';
import { quote } from '../failures';
import { at } from '../json-shape';
import type { Ports } from '../ports';
import { ask, type Api, jsonOf, notWhatWasMeant } from './answers';
import { refuse } from './verdict';

/** How many alerts are named. */
const mostNamed = 5;

/** Whether the monitoring itself is well (runbook, pre-deployment checklist). */
export function monitoringActivities(ports: Ports) {
  return {
    /** Prometheus and Alertmanager are ready, the one tells the other, and none of the alerts that matter is active and unsilenced. */
    async checkMonitoring({ monitoring, token }: MonitoringRequest, { signal }: Attempt): Promise<MonitoringReceipt> {
      const prometheus: Api = { title: 'Prometheus', base: monitoring.prometheus, token, signal };
      const alertmanager: Api = { title: 'Alertmanager', base: monitoring.alertmanager, token, signal };
      const filters = monitoring.alerts.map((matcher) => `&filter=${encodeURIComponent(matcher)}`).join('');
      const [, , told, active] = await Promise.all([
        ask(ports, prometheus, '/-/ready'),
        ask(ports, alertmanager, '/-/ready'),
        ask(ports, prometheus, '/api/v1/alertmanagers').then((answer) => at(jsonOf(answer, prometheus), 'data.activeAlertmanagers')),
        ask(ports, alertmanager, `/api/v2/alerts?active=true&silenced=false&inhibited=false${filters}`).then((answer) =>
          jsonOf(answer, alertmanager),
        ),
      ]);
      if (!Array.isArray(active)) throw notWhatWasMeant('Alertmanager', 'does not answer with a list of alerts');
      if (!Array.isArray(told)) throw notWhatWasMeant('Prometheus', 'does not say which Alertmanagers it tells');
      refuse(
        [
          ...(told.length > 0 ? [] : ['Prometheus tells no Alertmanager: that no alert is active says nothing']),
          ...alertProblems(active, monitoring.alerts),
        ],
        'Mend what the alert is about, or silence it with a reason, then retry.',
      );
      return { alertmanagers: told.length, alerts: 0 };
    },
  };
}

/** Pure: the alerts that are active, by name and since when. */
export function alertProblems(active: readonly unknown[], matchers: readonly string[]): readonly string[] {
  if (active.length === 0) return [];
  const named = active.slice(0, mostNamed).map((alert) => {
    const [name, since, summary] = ['labels.alertname', 'startsAt', 'annotations.summary'].map((path) => at(alert, path));
    const began = typeof since === 'string' ? Date.parse(since) : NaN;
    const about = typeof summary === 'string' && summary !== '' ? `: ${quote(summary, 100)}` : '';
    return `${typeof name === 'string' ? quote(name, 80) : 'one without a name'}${Number.isNaN(began) ? '' : ` since ${new Date(began).toISOString()}`}${about}`;
  });
  const more = active.length > mostNamed ? ` and ${active.length - mostNamed} more` : '';
  return [
    `${active.length} ${active.length === 1 ? 'alert is' : 'alerts are'} active (${matchers.join(', ')}): ${named.join('; ')}${more}`,
  ];
}
