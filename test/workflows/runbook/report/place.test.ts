import { describe, expect, test } from '@jest/globals';
import { isFileOf, reportFile, reportsFolder } from '../../../../workflows/runbook/report/place';

describe('where reports are kept', () => {
  test('the variable names the folder, else it is below the data of the user', () => {
    expect(reportsFolder({ ANALYTICS_DEPLOY_REPORTS: '/srv/reports', XDG_DATA_HOME: '/data' }, '/home/ana')).toBe('/srv/reports');
    expect(reportsFolder({ XDG_DATA_HOME: '/data' }, '/home/ana')).toBe('/data/analytics-deploy/reports');
    expect(reportsFolder({}, '/home/ana')).toBe('/home/ana/.local/share/analytics-deploy/reports');
  });

  test('an id is one file in it, whatever somebody sends as one', () => {
    expect(reportFile('analytics-production-v1.0.0-20261124T020000Z')).toBe('analytics-production-v1.0.0-20261124T020000Z.json');
    for (const id of ['../../etc/passwd', '..', '/etc/passwd', 'a\\b', 'a\u0000b', '.hidden', 'ü/x']) {
      expect(reportFile(id)).toMatch(/^[A-Za-z0-9~][A-Za-z0-9._~-]*\.json$/);
    }
    expect(reportFile('a/b')).not.toBe(reportFile('a.b'));
    expect(reportFile('x'.repeat(5_000)).length).toBeLessThan(255);
  });

  test('a lane knows its files', () => {
    const name = reportFile('my-shop-production-v1.0.0-20261124T020000Z');
    expect(isFileOf(name, 'my-shop', 'production')).toBe(true);
    expect(isFileOf(name, 'shop', 'production')).toBe(false);
    expect(isFileOf('.x.partial', 'my-shop', 'production')).toBe(false);
  });
});
