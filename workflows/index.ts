/** Every workflow of the worker, by the name that is its type. */
export { analyticsDeployment } from './analytics-deployment';
export { analyticsFollowUp } from './follow-up';
export { analyticsLastNotices } from './last-notices';
