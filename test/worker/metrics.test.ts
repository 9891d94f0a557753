import { describe, expect, test } from '@jest/globals';
import { exposition } from '../../worker/metrics';

describe('what a worker tells Prometheus', () => {
  test('has the releases that are looked after by how they stand, also when there are none', async () => {
    const told = async (followUps: Readonly<Record<string, number>>) =>
      (await exposition('test', { open: [], incomplete: null, followUps }, 0)).text;
    const text = await told({ 'following up': 2, failing: 1 });
    expect(text).toContain('analytics_deploy_open_follow_ups{status="following up"} 2');
    expect(text).toContain('analytics_deploy_open_follow_ups{status="failing"} 1');
    expect(await told({ 'following up': 0, failing: 0 })).toContain('analytics_deploy_open_follow_ups{status="failing"} 0');
  });

  test('has nothing of them while Temporal does not answer', async () => {
    expect((await exposition('test', null, 0)).text).not.toContain('analytics_deploy_open_follow_ups{');
  });
});
