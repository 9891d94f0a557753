import { listen, pathOf, respond, respondJson } from '../http/server';
import type { Surrounding } from './surrounding';

export interface Watching extends Surrounding {
  /** Base URLs. */
  readonly prometheus: string;
  readonly alertmanager: string;
}

export interface WatchingSettings {
  /** Names of the alert rules that are loaded. */
  readonly rules: readonly string[];
  /** Labels of the critical alert that can be made to fire. */
  readonly alert: Readonly<Record<string, string>>;
}

/** What Prometheus says where a rule cannot be evaluated. */
export const ruleError = 'found duplicate series for the match group {} on the right hand-side of the operation';
const summary = 'made to fire by the sandbox';

/** As much of Prometheus and Alertmanager as a checklist asks: ready, rules with their health, who is told, and active alerts. */
export async function startWatchingStandIn({ rules, alert }: WatchingSettings): Promise<Watching> {
  let broken: Parameters<Surrounding['follow']>[0] = new Set();
  const startsAt = new Date().toISOString();
  const alertmanager = await listen((request, response) => {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    if (url.pathname === '/-/ready') return respond(response, 200, 'OK');
    if (url.pathname !== '/api/v2/alerts') return respondJson(response, 404, 'path was not found');
    const fires = broken.has('alert') && url.searchParams.getAll('filter').every((matcher) => matches(matcher, alert));
    respondJson(response, 200, fires ? [{ labels: alert, annotations: { summary }, startsAt, status: { state: 'active' } }] : []);
  });
  const prometheus = await listen((request, response) => {
    switch (pathOf(request)) {
      case '/-/ready':
        return respond(response, 200, 'Prometheus Server is Ready.\n');
      case '/api/v1/alertmanagers':
        return respondJson(
          response,
          200,
          success({ activeAlertmanagers: [{ url: `${alertmanager.url}/api/v2/alerts` }], droppedAlertmanagers: [] }),
        );
      case '/api/v1/rules':
        return respondJson(
          response,
          200,
          success({
            groups: [
              { name: 'analytics', interval: 15, rules: rules.map((name, place) => ruleOf(name, place === 0 && broken.has('alert-rule'))) },
            ],
          }),
        );
      default:
        return respondJson(response, 404, {
          status: 'error',
          errorType: 'not_found',
          error: 'the sandbox serves readiness, rules and Alertmanagers',
        });
    }
  });
  return {
    prometheus: prometheus.url,
    alertmanager: alertmanager.url,
    follow: async (now) => void (broken = now),
    stop: async () => {
      await prometheus.close();
      await alertmanager.close();
    },
  };
}

const success = (data: unknown) => ({ status: 'success', data });

const ruleOf = (name: string, isBroken: boolean) => ({
  ...{ type: 'alerting', name, state: isBroken ? 'unknown' : 'inactive', query: 'vector(0) > 1', duration: 0 },
  ...{ labels: { severity: 'critical' }, annotations: {}, alerts: [], lastEvaluation: new Date().toISOString(), evaluationTime: 0.0002 },
  ...(isBroken ? { health: 'err', lastError: ruleError } : { health: 'ok' }),
});

/** One of Alertmanager's matchers: equal, not equal, and the same by expression. */
function matches(matcher: string, labels: Readonly<Record<string, string>>): boolean {
  const [, name = '', operator = '', quoted = ''] = /^\s*(\w+)\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*$/.exec(matcher) ?? [];
  const value = labels[name] ?? '';
  const isSo = operator.endsWith('~') ? new RegExp(`^(?:${quoted})$`).test(value) : value === quoted;
  return operator.startsWith('!') ? !isSo : isSo;
}
