import type { DashboardsReceipt, DashboardsRequest } from '../../workflows/runbook/contract';
import type { Attempt } from '../activity';
import { quote } from '../failures';
import { at } from '../json-shape';
import type { Ports } from '../ports';
import { ask, type Api, jsonOf } from './answers';
import { judgeEach } from './verdict';

/** Dashboards by Grafana's HTTP API (runbook, pre-deployment checklist). */
export function dashboardActivities(ports: Ports) {
  return {
    /** Every dashboard of the spec exists and shows something. */
    async checkDashboards({ dashboards, token }: DashboardsRequest, { signal }: Attempt): Promise<DashboardsReceipt> {
      const grafana: Api = { title: 'Grafana', base: dashboards.url, token, signal };
      const found = await judgeEach(
        dashboards.uids,
        async (uid) => {
          const answer = await ask(ports, grafana, `/api/dashboards/uid/${encodeURIComponent(uid)}`, [200, 404]);
          return answer.status === 404 ? null : jsonOf(answer, grafana);
        },
        (answer, uid) => dashboardProblems(answer, uid),
        'Create or restore it in Grafana, or correct checklist.environment.dashboards in the spec, then retry.',
      );
      return { titles: found.map(titleOf) };
    },
  };
}

function titleOf(answer: unknown): string {
  const title = at(answer, 'dashboard.title');
  return typeof title === 'string' ? quote(title, 80) : '';
}

/** Pure. Null: Grafana has none. Rows hold panels of their own. */
export function dashboardProblems(answer: unknown, uid: string): readonly string[] {
  if (answer === null) return [`Grafana has no dashboard ${uid}`];
  if (at(answer, 'dashboard.uid') !== uid) return [`Grafana answers something else than the dashboard ${uid}`];
  const [panels, rows] = [at(answer, 'dashboard.panels'), at(answer, 'dashboard.rows')];
  const shows = [panels, rows].some((list) => Array.isArray(list) && list.length > 0);
  return shows ? [] : [`the dashboard ${uid} has no panels`];
}
