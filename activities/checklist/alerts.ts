import type { AlertRulesReceipt, AlertRulesRequest } from '../../workflows/runbook/contract';
import type { Attempt } from '../activity';
import { quote } from '../failures';
import { at } from '../json-shape';
import type { Ports } from '../ports';
import { ask, type Api, jsonOf, notWhatWasMeant } from './answers';
import { refuse } from './verdict';

/** One alert rule as Prometheus tells of it. */
export interface AlertRule {
  readonly name: string;
  readonly group: string;
  readonly health: string;
  readonly lastError: string;
}

/** Alert rules by Prometheus' rules API (runbook, pre-deployment checklist). */
export function alertActivities(ports: Ports) {
  return {
    /** Every rule of the spec is loaded, and its last evaluation was well. */
    async checkAlerts({ alerts, token }: AlertRulesRequest, { signal }: Attempt): Promise<AlertRulesReceipt> {
      const prometheus: Api = { title: 'Prometheus', base: alerts.url, token, signal };
      const loaded = rulesOf(jsonOf(await ask(ports, prometheus, '/api/v1/rules?type=alert'), prometheus));
      if (loaded === null) throw notWhatWasMeant('Prometheus', 'does not answer with groups of rules');
      refuse(
        alerts.rules.flatMap((name) => ruleProblems(loaded, name)),
        'Correct the rule and reload Prometheus, then retry.',
      );
      return { required: alerts.rules.length, loaded: loaded.length };
    },
  };
}

/** Pure: the alert rules of an answer; null where it is none. */
export function rulesOf(answer: unknown): readonly AlertRule[] | null {
  const groups = at(answer, 'data.groups');
  if (at(answer, 'status') !== 'success' || !Array.isArray(groups)) return null;
  return groups.flatMap((group: unknown) => {
    const rules = at(group, 'rules');
    if (!Array.isArray(rules)) return [];
    return rules
      .filter((rule: unknown) => at(rule, 'type') === 'alerting')
      .map((rule: unknown) => ({
        name: textOf(at(rule, 'name')),
        group: textOf(at(group, 'name')),
        health: textOf(at(rule, 'health')),
        lastError: textOf(at(rule, 'lastError')),
      }));
  });
}
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Pure. A rule may be loaded more than once: all of them count. One that was never evaluated is not known to be well. */
export function ruleProblems(loaded: readonly AlertRule[], name: string): readonly string[] {
  const found = loaded.filter((rule) => rule.name === name);
  if (found.length === 0) return [`the alert rule ${name} is not loaded`];
  return found
    .filter(({ health }) => health !== 'ok')
    .map(({ group, health, lastError }) => {
      const why = lastError === '' ? (health === 'unknown' ? 'it was not evaluated yet' : 'no reason is told') : quote(lastError, 200);
      return `the alert rule ${name} of group ${group} is not healthy (${health || 'not told'}): ${why}`;
    });
}
