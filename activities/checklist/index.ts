import type { Ports } from '../ports';
import { alertActivities } from './alerts';
import { certificateActivities } from './certificates';
import { dashboardActivities } from './dashboards';
import { flagCheckActivities } from './flags';
import { monitoringActivities } from './monitoring';
import { redisActivities } from './redis';
import { routingActivities } from './routing';
import { variableActivities } from './variables';

/** What the lines of the pre-deployment checklist ask of environment and infrastructure: all of it reads, none of it writes. */
export function checklistActivities(ports: Ports) {
  return {
    ...redisActivities(ports),
    ...dashboardActivities(ports),
    ...alertActivities(ports),
    ...flagCheckActivities(ports),
    ...variableActivities(ports),
    ...certificateActivities(ports),
    ...routingActivities(ports),
    ...monitoringActivities(ports),
  };
}
